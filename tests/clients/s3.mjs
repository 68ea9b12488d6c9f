// S3 as the AWS SDK for JavaScript v3 speaks it.
import assert from 'node:assert/strict';
import * as s3 from '@aws-sdk/client-s3';

const client = new s3.S3Client({ endpoint: process.env.AWS_ENDPOINT_URL, forcePathStyle: true, maxAttempts: 1 });
const Bucket = `javascript-${process.pid}-${Date.now()}`;
const send = (command) => client.send(command);

await send(new s3.CreateBucketCommand({ Bucket }));

// An upload carries a CRC32 by default, and a download verifies it.
await send(new s3.PutObjectCommand({ Bucket, Key: 'a/../b c+d%', Body: 'text', ContentType: 'text/x', Metadata: { color: 'blue' } }));
const got = await send(new s3.GetObjectCommand({ Bucket, Key: 'a/../b c+d%' }));
assert.equal(await got.Body.transformToString(), 'text');
assert.equal(got.ContentType, 'text/x');
assert.deepEqual(got.Metadata, { color: 'blue' });

// A stream of known length travels aws-chunked with a trailing checksum.
const { Readable } = await import('node:stream');
await send(new s3.PutObjectCommand({ Bucket, Key: 'streamed', Body: Readable.from([Buffer.alloc(70_000, 1)]), ContentLength: 70_000, ChecksumAlgorithm: 'SHA256' }));
assert.equal((await send(new s3.HeadObjectCommand({ Bucket, Key: 'streamed' }))).ContentLength, 70_000);

// A multipart upload.
const { UploadId } = await send(new s3.CreateMultipartUploadCommand({ Bucket, Key: 'large', ChecksumAlgorithm: 'CRC32' }));
const Parts = [];
for (const [n, Body] of [Buffer.alloc(5 << 20, 2), Buffer.from('end')].entries()) {
    const part = await send(new s3.UploadPartCommand({ Bucket, Key: 'large', UploadId, PartNumber: n + 1, Body, ChecksumAlgorithm: 'CRC32' }));
    Parts.push({ PartNumber: n + 1, ETag: part.ETag, ChecksumCRC32: part.ChecksumCRC32 });
}
const done = await send(new s3.CompleteMultipartUploadCommand({ Bucket, Key: 'large', UploadId, MultipartUpload: { Parts } }));
assert.match(done.ETag, /-2"$/);
const large = await send(new s3.GetObjectCommand({ Bucket, Key: 'large' }));
assert.equal((await large.Body.transformToByteArray()).length, (5 << 20) + 3);

// Listings, page by page.
const keys = [];
for await (const page of s3.paginateListObjectsV2({ client, pageSize: 1 }, { Bucket })) {
    keys.push(...(page.Contents ?? []).map((item) => item.Key));
}
assert.deepEqual(keys, ['a/../b c+d%', 'large', 'streamed']);

// Errors have the classes of the model.
await assert.rejects(send(new s3.GetObjectCommand({ Bucket, Key: 'none' })), s3.NoSuchKey);
await assert.rejects(send(new s3.HeadObjectCommand({ Bucket, Key: 'none' })), s3.NotFound);
await assert.rejects(send(new s3.PutObjectCommand({ Bucket: 'no-such-bucket-here', Key: 'k', Body: 'x' })), { name: 'NoSuchBucket' });
await assert.rejects(send(new s3.PutObjectCommand({ Bucket, Key: 'large', Body: 'x', IfNoneMatch: '*' })), { name: 'PreconditionFailed' });

await send(new s3.CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/streamed` }));
await send(new s3.PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration: { IndexDocument: { Suffix: 'index.html' } } }));
const removed = await send(new s3.DeleteObjectsCommand({ Bucket, Delete: { Objects: [...keys, 'copy'].map((Key) => ({ Key })) } }));
assert.equal(removed.Deleted.length, 4);
await send(new s3.DeleteBucketCommand({ Bucket }));
