"""Create, read, update, delete of every kind of entity with boto3, which also checks that what its model requires is in each answer."""
import datetime
import json
import os

import boto3
from botocore.exceptions import ClientError

iam = boto3.client("iam", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
account = boto3.client("sts", endpoint_url=os.environ["AWS_ENDPOINT_URL"]).get_caller_identity()["Account"]
READS = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}


def require(shape, answer, place):
    """Whatever the model marks as required is there."""
    if shape is None or answer is None:
        return
    if shape.type_name == "structure":
        for name in shape.required_members:
            assert name in answer, f"{place} has no {name}: {answer}"
        for name, member in shape.members.items():
            require(member, answer.get(name), f"{place}.{name}")
    elif shape.type_name == "list":
        for item in answer:
            require(shape.member, item, place + "[]")


def check(model, parsed, **_):
    if "Error" not in parsed:
        require(model.output_shape, parsed, model.name)


iam.meta.events.register("after-call.iam.*", check)


def fails(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, (code, error)
        return error.response["Error"]["Message"]
    raise AssertionError(f"expected {code}")


def collect(operation, member, **arguments):
    """All pages, two entries each."""
    return [item for page in iam.get_paginator(operation).paginate(PaginationConfig={"PageSize": 2}, **arguments) for item in page[member]]


# Provider
url = "token.actions.githubusercontent.com"
provider = iam.create_open_id_connect_provider(Url="https://" + url, ClientIDList=["sts.amazonaws.com"], ThumbprintList=["a" * 40])["OpenIDConnectProviderArn"]
iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=provider, ClientID="other")
iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=provider, ClientID="other")
iam.update_open_id_connect_provider_thumbprint(OpenIDConnectProviderArn=provider, ThumbprintList=["B" * 40])
iam.tag_open_id_connect_provider(OpenIDConnectProviderArn=provider, Tags=[{"Key": "b", "Value": "1"}, {"Key": "B", "Value": "2"}, {"Key": "c", "Value": ""}])
iam.untag_open_id_connect_provider(OpenIDConnectProviderArn=provider, TagKeys=["c"])
read = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=provider)
assert (read["Url"], read["ClientIDList"], read["ThumbprintList"]) == (url, ["sts.amazonaws.com"], ["b" * 40]), read
assert isinstance(read["CreateDate"], datetime.datetime)
assert [tag["Key"] for tag in read["Tags"]] == ["B", "b"], read
# The data source of Terraform finds a provider by URL so.
assert [item["Arn"] for item in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] if item["Arn"].endswith("/" + url)] == [provider]

# Role, its policies, boundary and tags
trust = {"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Principal": {"Federated": provider}, "Action": "sts:AssumeRoleWithWebIdentity",
    "Condition": {"StringEquals": {url + ":aud": "sts.amazonaws.com"}, "StringLike": {url + ":sub": "repo:o/r:*"}}}]}
boundary = iam.create_policy(PolicyName="boundary", Path="/b/", PolicyDocument=json.dumps(READS))["Policy"]["Arn"]
iam.create_role(RoleName="deploy", Path="/ci/", AssumeRolePolicyDocument=json.dumps(trust), PermissionsBoundary=boundary, MaxSessionDuration=7200, Description="d", Tags=[{"Key": "k", "Value": "v"}])
role = iam.get_role(RoleName="deploy")["Role"]
assert role["AssumeRolePolicyDocument"] == trust and role["Arn"] == f"arn:aws:iam::{account}:role/ci/deploy" and role["RoleLastUsed"] == {}, role
iam.update_role(RoleName="deploy", Description="")
assert iam.get_role(RoleName="deploy")["Role"]["MaxSessionDuration"] == 7200
for name in ("one", "two", "three"):
    iam.put_role_policy(RoleName="deploy", PolicyName=name, PolicyDocument=json.dumps(READS))
assert collect("list_role_policies", "PolicyNames", RoleName="deploy") == ["one", "three", "two"]
assert iam.get_role_policy(RoleName="deploy", PolicyName="one")["PolicyDocument"] == READS
fails("DeleteConflict", iam.delete_policy, PolicyArn=boundary)
iam.delete_role_permissions_boundary(RoleName="deploy")
fails("NoSuchEntity", iam.delete_role_permissions_boundary, RoleName="deploy")
iam.put_role_permissions_boundary(RoleName="deploy", PermissionsBoundary=boundary)
iam.delete_role_permissions_boundary(RoleName="deploy")
assert "PermissionsBoundary" not in iam.get_role(RoleName="deploy")["Role"]

# Managed policies: versions, attachments, lists and their filters
policies = [iam.create_policy(PolicyName=f"p{number}", PolicyDocument=json.dumps(READS), Description="words")["Policy"]["Arn"] for number in range(5)]
for arn in policies:
    iam.attach_role_policy(RoleName="deploy", PolicyArn=arn)
assert [item["PolicyArn"] for item in collect("list_attached_role_policies", "AttachedPolicies", RoleName="deploy")] == policies
assert [item["Arn"] for item in collect("list_policies", "Policies", Scope="Local")] == sorted([boundary, *policies])
assert [item["Arn"] for item in collect("list_policies", "Policies", Scope="Local", OnlyAttached=True)] == policies
assert [item["Arn"] for item in collect("list_policies", "Policies", Scope="Local", PathPrefix="/b/")] == [boundary]
assert all(item["Arn"].startswith("arn:aws:iam::aws:") for item in collect("list_policies", "Policies", Scope="AWS"))
assert [item["RoleName"] for item in collect("list_entities_for_policy", "PolicyRoles", PolicyArn=policies[0])] == ["deploy"]
assert collect("list_entities_for_policy", "PolicyRoles", PolicyArn=policies[0], EntityFilter="User") == []
assert collect("list_entities_for_policy", "PolicyRoles", PolicyArn=policies[0], PolicyUsageFilter="PermissionsBoundary") == []
for number in range(4):
    iam.create_policy_version(PolicyArn=policies[0], PolicyDocument=json.dumps(READS), SetAsDefault=number == 3)
fails("LimitExceeded", iam.create_policy_version, PolicyArn=policies[0], PolicyDocument=json.dumps(READS))
assert [item["VersionId"] for item in collect("list_policy_versions", "Versions", PolicyArn=policies[0])] == ["v5", "v4", "v3", "v2", "v1"]
fails("DeleteConflict", iam.delete_policy_version, PolicyArn=policies[0], VersionId="v5")
iam.set_default_policy_version(PolicyArn=policies[0], VersionId="v2")
assert iam.get_policy(PolicyArn=policies[0])["Policy"]["DefaultVersionId"] == "v2"
assert iam.get_policy_version(PolicyArn=policies[0], VersionId="v2")["PolicyVersion"]["Document"] == READS
fails("NoSuchEntity", iam.get_policy_version, PolicyArn=policies[0], VersionId="v9")

# Users, groups, keys
iam.create_user(UserName="bob", Tags=[{"Key": "k", "Value": "v"}])
iam.create_group(GroupName="admins")
iam.add_user_to_group(GroupName="admins", UserName="bob")
iam.attach_group_policy(GroupName="admins", PolicyArn=policies[1])
iam.put_group_policy(GroupName="admins", PolicyName="inline", PolicyDocument=json.dumps(READS))
assert iam.get_group_policy(GroupName="admins", PolicyName="inline")["PolicyDocument"] == READS
assert [group["GroupName"] for group in collect("list_groups_for_user", "Groups", UserName="bob")] == ["admins"]
assert [user["UserName"] for user in iam.get_group(GroupName="admins")["Users"]] == ["bob"]
key = iam.create_access_key(UserName="bob")["AccessKey"]
bob = boto3.client("iam", endpoint_url=os.environ["AWS_ENDPOINT_URL"], aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
assert "no identity-based policy allows the iam:GetUser action" in fails("AccessDenied", bob.get_user)
assert iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"]["ServiceName"] == "iam"
iam.update_access_key(UserName="bob", AccessKeyId=key["AccessKeyId"], Status="Inactive")
assert collect("list_access_keys", "AccessKeyMetadata", UserName="bob")[0]["Status"] == "Inactive"
iam.update_user(UserName="bob", NewUserName="robert")
assert iam.get_account_summary()["SummaryMap"]["Users"] == 1
assert iam.simulate_principal_policy(PolicySourceArn=f"arn:aws:iam::{account}:user/robert", ActionNames=["s3:GetObject"], ResourceArns=["arn:aws:s3:::b/k"])["EvaluationResults"][0]["EvalDecision"] == "allowed"

# And everything goes again
iam.delete_access_key(UserName="robert", AccessKeyId=key["AccessKeyId"])
iam.remove_user_from_group(GroupName="admins", UserName="robert")
iam.delete_user(UserName="robert")
iam.delete_group_policy(GroupName="admins", PolicyName="inline")
iam.detach_group_policy(GroupName="admins", PolicyArn=policies[1])
iam.delete_group(GroupName="admins")
for name in ("one", "two", "three"):
    iam.delete_role_policy(RoleName="deploy", PolicyName=name)
for arn in policies:
    iam.detach_role_policy(RoleName="deploy", PolicyArn=arn)
iam.delete_role(RoleName="deploy")
for version in ("v1", "v3", "v4", "v5"):
    iam.delete_policy_version(PolicyArn=policies[0], VersionId=version)
for arn in [boundary, *policies]:
    iam.delete_policy(PolicyArn=arn)
iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=provider)
left = iam.get_account_summary()["SummaryMap"]
assert not any(left[name] for name in ("Users", "Groups", "Roles", "Policies", "Providers")), left
