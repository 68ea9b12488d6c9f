#!/usr/bin/env bash
# S3 as the AWS CLI speaks it: s3_cli.sh AWS, where AWS is the executable of version 1 or 2.
set -euo pipefail
aws="$1"
call() { "$aws" --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }
check() { [ "$2" = "$3" ] || { echo "$1: expected \`$2\`, got \`$3\`" >&2; exit 1; }; }
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
bucket="cli-$$-$RANDOM"
mkdir -p "$work/site/sub"
echo '<h1>hello</h1>' > "$work/site/index.html"
echo x > "$work/site/sub/a b+c%.txt"
head -c 9000000 /dev/urandom > "$work/site/large"

call s3 mb "s3://$bucket"
call s3 cp --no-progress "$work/site/index.html" "s3://$bucket/"
call s3 sync --no-progress "$work/site" "s3://$bucket"
check "ls" "3" "$(call s3 ls "s3://$bucket" --recursive | wc -l)"
check "ls of a prefix" "PRE sub/" "$(call s3 ls "s3://$bucket/s" | xargs)"
call s3 cp --no-progress "s3://$bucket/large" "s3://$bucket/copy"
call s3 cp --no-progress "s3://$bucket/copy" - | cmp - "$work/site/large"
call s3 rm "s3://$bucket/copy"
mkdir "$work/back"
call s3 sync --no-progress "s3://$bucket" "$work/back"
diff -r "$work/site" "$work/back"
rm "$work/site/large"
call s3 sync --no-progress --delete "$work/site" "s3://$bucket"

call s3 website "s3://$bucket" --index-document index.html --error-document 404.html
call s3api delete-public-access-block --bucket "$bucket"
call s3api put-bucket-policy --bucket "$bucket" --policy "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",
    \"Principal\":\"*\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::$bucket/*\"}]}"
check "the website" "<h1>hello</h1>" "$(curl -sS -H "Host: $bucket.s3-website.localhost" "$AWS_ENDPOINT_URL/")"

# Version 1 presigns with Signature Version 2 in the oldest regions, with 4 elsewhere.
check "a presigned link" "<h1>hello</h1>" "$(curl -sS "$(call --region eu-central-1 s3 presign "s3://$bucket/index.html")")"

if call s3 cp --no-progress "$work/site/index.html" "s3://no-such-$bucket/" 2> "$work/error"; then
    echo "an upload to a missing bucket succeeded" >&2
    exit 1
fi
grep -q NoSuchBucket "$work/error"
call s3 rm --recursive "s3://$bucket"
call s3 rb "s3://$bucket"
