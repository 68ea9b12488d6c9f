// A token for credentials, and the credentials at work, as the AWS SDKs for JavaScript v3 speak STS and IAM.
import assert from 'node:assert/strict';
import * as sts from '@aws-sdk/client-sts';
import * as iam from '@aws-sdk/client-iam';

const [RoleArn, WebIdentityToken] = process.argv.slice(2);
const config = { endpoint: process.env.AWS_ENDPOINT_URL, region: 'us-east-1', maxAttempts: 1 };

const anonymous = new sts.STSClient({ ...config, credentials: { accessKeyId: 'ignored', secretAccessKey: 'ignored' } });
const exchanged = await anonymous.send(new sts.AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: 'javascript', WebIdentityToken }));
assert.equal(exchanged.SubjectFromWebIdentityToken, 'repo:octo-org/octo-repo:ref:refs/heads/main');
assert.equal(exchanged.Audience, 'sts.amazonaws.com');

const { AccessKeyId, SecretAccessKey, SessionToken } = exchanged.Credentials;
const session = { ...config, credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken } };
const caller = await new sts.STSClient(session).send(new sts.GetCallerIdentityCommand({}));
assert.equal(caller.Arn, exchanged.AssumedRoleUser.Arn);

await assert.rejects(new iam.IAMClient(session).send(new iam.ListRolesCommand({})), { name: 'AccessDenied' });
const root = { ...config, credentials: { accessKeyId: process.env.AWS_ACCESS_KEY_ID, secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY } };
const roles = await new iam.IAMClient(root).send(new iam.ListRolesCommand({}));
assert.deepEqual(roles.Roles.map((role) => role.Arn), [RoleArn]);

await assert.rejects(
    anonymous.send(new sts.AssumeRoleWithWebIdentityCommand({ RoleArn: `${RoleArn}x`, RoleSessionName: 'javascript', WebIdentityToken })),
    { name: 'AccessDenied', message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity' });

// IAM's own errors are classes of the SDK, lists are pages, and waiters end.
const admin = new iam.IAMClient(root);
const RoleName = RoleArn.split('/').pop();
await assert.rejects(admin.send(new iam.GetRoleCommand({ RoleName: 'none' })), iam.NoSuchEntityException);
await assert.rejects(admin.send(new iam.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: '{}' })), iam.EntityAlreadyExistsException);
const role = (await admin.send(new iam.GetRoleCommand({ RoleName }))).Role;
assert.ok(role.CreateDate instanceof Date && JSON.parse(decodeURIComponent(role.AssumeRolePolicyDocument)).Statement.length > 0);
await admin.send(new iam.TagRoleCommand({ RoleName, Tags: ['a', 'b', 'c'].map((Key) => ({ Key, Value: '' })) }));
const tags = [];
for (let Marker; ;) {
    const page = await admin.send(new iam.ListRoleTagsCommand({ RoleName, MaxItems: 2, Marker }));
    tags.push(...page.Tags.map((tag) => tag.Key));
    if (!page.IsTruncated) break;
    Marker = page.Marker;
}
assert.deepEqual(tags.filter((key) => key.length === 1), ['a', 'b', 'c']);
assert.equal((await iam.waitUntilRoleExists({ client: admin, maxWaitTime: 5 }, { RoleName })).state, 'SUCCESS');
