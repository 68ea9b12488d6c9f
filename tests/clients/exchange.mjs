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
