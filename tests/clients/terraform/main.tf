# Every resource of IAM and S3 that the provider manages and this server has, and the data sources that read them.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  region            = "us-east-1"
  s3_use_path_style = true
}
# The test applies 1, changes to 2, replaces with 3, and expects an empty plan after each.
variable "v" { default = 1 }
data "aws_caller_identity" "me" {}
resource "aws_iam_openid_connect_provider" "gh" {
  url             = "https://token.actions.githubusercontent.com"
  client_id_list  = var.v == 1 ? ["sts.amazonaws.com", "b"] : ["sts.amazonaws.com", "a"]
  thumbprint_list = var.v == 1 ? ["ffffffffffffffffffffffffffffffffffffffff"] : ["eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"]
  tags            = var.v == 1 ? { a = "1" } : { b = "2" }
}
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.gh.arn]
    }
    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }
    condition {
      test     = "StringLike"
      variable = "token.actions.githubusercontent.com:sub"
      values   = var.v == 1 ? ["repo:o/r:*", "repo:o/s+t:ref:refs/heads/a b"] : ["repo:o/r:ref:refs/heads/main"]
    }
  }
}
data "aws_iam_policy_document" "p" {
  statement {
    sid       = "A"
    actions   = var.v == 1 ? ["s3:PutObject", "s3:GetObject"] : ["s3:GetObject"]
    resources = ["${aws_s3_bucket.b.arn}/*"]
  }
}
resource "aws_iam_policy" "boundary" {
  name        = "boundary"
  path        = "/x/"
  description = "b"
  policy      = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*", Sid = "V${var.v}" }] })
  tags        = { v = tostring(var.v) }
}
resource "aws_iam_role" "r" {
  name                  = var.v < 3 ? "deploy" : "deploy3"
  path                  = "/gh/"
  description           = "d${var.v}"
  max_session_duration  = 3600 * var.v
  assume_role_policy    = data.aws_iam_policy_document.trust.json
  permissions_boundary  = var.v == 1 ? aws_iam_policy.boundary.arn : null
  force_detach_policies = true
  tags                  = { v = tostring(var.v), e = "" }
}
resource "aws_iam_role" "inl" {
  name               = "inl"
  assume_role_policy = data.aws_iam_policy_document.trust.json
  inline_policy {
    name   = "one"
    policy = data.aws_iam_policy_document.p.json
  }
}
resource "aws_iam_role_policy" "p" {
  name   = "p"
  role   = aws_iam_role.r.id
  policy = data.aws_iam_policy_document.p.json
}
resource "aws_iam_role_policy_attachment" "a" {
  role       = aws_iam_role.r.name
  policy_arn = aws_iam_policy.boundary.arn
}
resource "aws_iam_role_policies_exclusive" "x" {
  role_name    = aws_iam_role.r.name
  policy_names = [aws_iam_role_policy.p.name]
}
resource "aws_iam_role_policy_attachments_exclusive" "x" {
  role_name   = aws_iam_role.r.name
  policy_arns = [aws_iam_role_policy_attachment.a.policy_arn]
}
resource "aws_iam_user" "u" {
  name          = var.v == 1 ? "ann" : "anna"
  path          = var.v == 1 ? "/a/" : "/b/"
  force_destroy = true
  tags          = { v = "1" }
}
resource "aws_iam_access_key" "k" {
  user   = aws_iam_user.u.name
  status = var.v == 1 ? "Active" : "Inactive"
}
resource "aws_iam_user_policy" "up" {
  name   = "up"
  user   = aws_iam_user.u.name
  policy = data.aws_iam_policy_document.p.json
}
resource "aws_iam_user_policy_attachment" "ua" {
  user       = aws_iam_user.u.name
  policy_arn = aws_iam_policy.boundary.arn
}
resource "aws_iam_group" "g" {
  name = var.v == 1 ? "staff" : "staff2"
  path = "/g/"
}
resource "aws_iam_group_policy" "gp" {
  name   = "gp"
  group  = aws_iam_group.g.name
  policy = data.aws_iam_policy_document.p.json
}
resource "aws_iam_group_policy_attachment" "ga" {
  group      = aws_iam_group.g.name
  policy_arn = aws_iam_policy.boundary.arn
}
resource "aws_iam_group_membership" "gm" {
  name  = "m"
  users = [aws_iam_user.u.name]
  group = aws_iam_group.g.name
}
resource "aws_iam_user_group_membership" "ugm" {
  user   = aws_iam_user.u.name
  groups = [aws_iam_group.g.name]
}
resource "aws_s3_bucket" "b" {
  bucket        = "tf-bucket"
  force_destroy = true
  tags          = { v = tostring(var.v) }
}
resource "aws_s3_bucket_versioning" "v" {
  bucket = aws_s3_bucket.b.id
  versioning_configuration { status = var.v == 1 ? "Enabled" : "Suspended" }
}
resource "aws_s3_bucket_public_access_block" "pab" {
  bucket                  = aws_s3_bucket.b.id
  block_public_acls       = true
  ignore_public_acls      = true
  block_public_policy     = false
  restrict_public_buckets = false
}
resource "aws_s3_bucket_policy" "bp" {
  bucket     = aws_s3_bucket.b.id
  depends_on = [aws_s3_bucket_public_access_block.pab]
  policy     = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "P", Effect = "Allow", Principal = "*", Action = ["s3:GetObject"], Resource = "${aws_s3_bucket.b.arn}/*" }, { Effect = "Allow", Principal = { AWS = data.aws_caller_identity.me.account_id }, Action = "s3:ListBucket", Resource = aws_s3_bucket.b.arn }] })
}
resource "aws_s3_bucket_ownership_controls" "oc" {
  bucket = aws_s3_bucket.b.id
  rule { object_ownership = var.v == 1 ? "BucketOwnerPreferred" : "BucketOwnerEnforced" }
}
resource "aws_s3_bucket_website_configuration" "w" {
  bucket = aws_s3_bucket.b.id
  index_document { suffix = "index.html" }
  error_document { key = "error.html" }
  routing_rule {
    condition { key_prefix_equals = "docs/" }
    redirect { replace_key_prefix_with = "documents/" }
  }
}
resource "aws_s3_bucket_cors_configuration" "c" {
  bucket = aws_s3_bucket.b.id
  cors_rule {
    id              = "x"
    allowed_headers = ["*"]
    allowed_methods = ["GET", "PUT"]
    allowed_origins = ["https://a.example", "https://b.example"]
    expose_headers  = ["ETag"]
    max_age_seconds = 3000
  }
  cors_rule {
    allowed_methods = ["GET"]
    allowed_origins = ["*"]
  }
}
resource "aws_s3_bucket_server_side_encryption_configuration" "e" {
  bucket = aws_s3_bucket.b.id
  rule {
    apply_server_side_encryption_by_default { sse_algorithm = "AES256" }
    bucket_key_enabled = var.v == 1
  }
}
resource "aws_s3_object" "o" {
  bucket       = aws_s3_bucket.b.id
  key          = "dir/index +é.html"
  content      = "hello ${var.v}"
  content_type = "text/html"
  etag         = md5("hello ${var.v}")
  tags         = { v = tostring(var.v) }
  metadata     = { a = "b" }
}
data "aws_iam_role" "r" { name = aws_iam_role.r.name }
data "aws_iam_policy" "b" { arn = aws_iam_policy.boundary.arn }
data "aws_iam_openid_connect_provider" "gh" {
  url        = "https://token.actions.githubusercontent.com"
  depends_on = [aws_iam_openid_connect_provider.gh]
}
data "aws_s3_bucket" "b" { bucket = aws_s3_bucket.b.id }
data "aws_s3_object" "o" {
  bucket = aws_s3_object.o.bucket
  key    = aws_s3_object.o.key
}
output "role" { value = data.aws_iam_role.r.arn }
output "endpoint" { value = aws_s3_bucket_website_configuration.w.website_endpoint }
resource "aws_s3_bucket_lifecycle_configuration" "l" {
  bucket = aws_s3_bucket.b.id
  rule {
    id     = "tmp"
    status = "Enabled"
    filter { prefix = "tmp/" }
    expiration { days = 7 * var.v }
    noncurrent_version_expiration { noncurrent_days = 3 }
    abort_incomplete_multipart_upload { days_after_initiation = 1 }
  }
  rule {
    id     = "arch"
    status = "Disabled"
    filter {
      and {
        prefix                   = "a/"
        object_size_greater_than = 1000
        tags                     = { k = "v" }
      }
    }
    transition {
      days          = 30
      storage_class = "GLACIER"
    }
  }
  rule {
    id     = "all"
    status = "Enabled"
    filter {}
    expiration { expired_object_delete_marker = true }
  }
}
resource "aws_iam_policy_attachment" "pa" {
  name       = "pa"
  policy_arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
  roles      = [aws_iam_role.inl.name]
  lifecycle { ignore_changes = [roles] }
}
data "aws_iam_user" "u" { user_name = aws_iam_user.u.name }
data "aws_iam_group" "g" { group_name = aws_iam_group_membership.gm.group }
data "aws_iam_roles" "all" { depends_on = [aws_iam_role.r] }
data "aws_iam_users" "all" { depends_on = [aws_iam_user.u] }
data "aws_iam_session_context" "me" { arn = data.aws_caller_identity.me.arn }
data "aws_iam_principal_policy_simulation" "sim" {
  action_names      = ["s3:GetObject"]
  policy_source_arn = aws_iam_role.r.arn
  resource_arns     = ["${aws_s3_bucket.b.arn}/x"]
  depends_on        = [aws_iam_role_policy.p]
}
output "sim" { value = data.aws_iam_principal_policy_simulation.sim.all_allowed }
data "aws_s3_bucket_policy" "b" { bucket = aws_s3_bucket_policy.bp.bucket }
data "aws_s3_objects" "b" {
  bucket     = aws_s3_bucket.b.id
  depends_on = [aws_s3_object.o]
}
resource "aws_s3_object_copy" "c" {
  bucket = aws_s3_bucket.b.id
  key    = "copy"
  source = "${aws_s3_bucket.b.id}/${aws_s3_object.o.key}"

  # With the source's tags, which are not in this file, the provider would always plan to remove them.
  tagging_directive = "REPLACE"
}
resource "aws_s3_bucket" "acl" { bucket = "tf-acl" }
resource "aws_s3_bucket_ownership_controls" "acl" {
  bucket = aws_s3_bucket.acl.id
  rule { object_ownership = "ObjectWriter" }
}
resource "aws_s3_bucket_acl" "acl" {
  depends_on = [aws_s3_bucket_ownership_controls.acl]
  bucket     = aws_s3_bucket.acl.id
  acl        = "private"
}
