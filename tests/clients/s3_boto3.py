"""S3 as boto3 speaks it, of any version."""
import io
import os
import sys
import urllib.request

import boto3
from botocore.client import Config
from botocore.exceptions import ClientError

s3 = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL"], config=Config(signature_version="s3v4", retries={"max_attempts": 0}))
bucket = f"python-{os.getpid()}-{sys.version_info.minor}"


def fails(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, (code, error)
        return error.response["Error"]["Message"]
    raise AssertionError(f"expected {code}")


s3.create_bucket(Bucket=bucket)

# Keys survive whatever they look like.
keys = ["//", "..", "a/../b", "a//b/", " ", "+", "%2F", "?", "#", "\u00e9\U0001f600", "a\tb", "~!@$^&*()[]{};:'\",<>"]
for key in keys:
    s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == key.encode(), key
pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, PaginationConfig={"PageSize": 5})
assert [item["Key"] for page in pages for item in page["Contents"]] == sorted(keys, key=lambda key: key.encode())

# The transfer manager, in parts and back in ranges.
data = os.urandom(20_000_000)
s3.upload_fileobj(io.BytesIO(data), bucket, "large")
back = io.BytesIO()
s3.download_fileobj(bucket, "large", back)
assert back.getvalue() == data
s3.copy({"Bucket": bucket, "Key": "large"}, bucket, "copy")
assert s3.head_object(Bucket=bucket, Key="copy")["ContentLength"] == len(data)
assert s3.get_object(Bucket=bucket, Key="large", Range="bytes=8388600-8388615")["Body"].read() == data[8388600:8388616]

# Errors.
fails("NoSuchKey", s3.get_object, Bucket=bucket, Key="none")
fails("404", s3.head_object, Bucket=bucket, Key="none")
fails("NoSuchBucket", s3.list_objects_v2, Bucket="no-such-bucket-here")
fails("BucketNotEmpty", s3.delete_bucket, Bucket=bucket)
fails("InvalidRange", s3.get_object, Bucket=bucket, Key="large", Range="bytes=20000000-")
fails("NoSuchCORSConfiguration", s3.get_bucket_cors, Bucket=bucket)
upload = s3.create_multipart_upload(Bucket=bucket, Key="parts")["UploadId"]
part = s3.upload_part(Bucket=bucket, Key="parts", UploadId=upload, PartNumber=1, Body=b"x")["ETag"]
wrong = {"Parts": [{"PartNumber": 2, "ETag": part}, {"PartNumber": 1, "ETag": part}]}
fails("InvalidPart", s3.complete_multipart_upload, Bucket=bucket, Key="parts", UploadId=upload, MultipartUpload=wrong)
s3.abort_multipart_upload(Bucket=bucket, Key="parts", UploadId=upload)
fails("NoSuchUpload", s3.list_parts, Bucket=bucket, Key="parts", UploadId=upload)

# A presigned link.
link = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "//"})
assert urllib.request.urlopen(link).read() == b"//"

# Versions, and the end of everything.
s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
s3.delete_object(Bucket=bucket, Key="large")
versions = s3.list_object_versions(Bucket=bucket, Prefix="large")
assert [marker["IsLatest"] for marker in versions["DeleteMarkers"]] == [True]
for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
    objects = [{"Key": item["Key"], "VersionId": item["VersionId"]} for item in page.get("Versions", []) + page.get("DeleteMarkers", [])]
    s3.delete_objects(Bucket=bucket, Delete={"Objects": objects})
s3.delete_bucket(Bucket=bucket)
