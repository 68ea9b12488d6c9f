"""Create, read, update, delete of every kind of entity with boto3, or with the AWS CLI when called as `iam_boto3.py cli`. Every operation
that the server knows is called, and each answer is held against AWS's model: what it requires is there, nothing else is, all of its type."""
import datetime
import io
import json
import os
import re
import sys
import xml.etree.ElementTree

CLI = "cli" in sys.argv
if CLI:
    import awscli.clidriver  # First: version 2 brings a botocore of its own, which boto3 does not take.
else:
    import boto3
import botocore.session
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError



def client(service, **arguments):
    create = botocore.session.get_session().create_client if CLI else boto3.client
    return create(service, endpoint_url=os.environ["AWS_ENDPOINT_URL"], **arguments)


boto = client("iam")
account = client("sts").get_caller_identity()["Account"]
READS = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
# Values that AWS sends although its model does not list them.
UNLISTED = {"Policy", "IAM Policy"}


class Cli:
    """The calls of a client as command lines of the AWS CLI, in this process."""

    class Paginator:
        def __init__(self, call):
            self.paginate = lambda PaginationConfig, **arguments: [call(page_size=PaginationConfig["PageSize"], **arguments)]

    def __init__(self):
        os.environ["AWS_PAGER"] = ""
        self._driver = awscli.clidriver.create_clidriver()
        self._names = {xform_name(name): name for name in boto.meta.service_model.operation_names}

    def can_paginate(self, name):
        return boto.can_paginate(name)

    def get_paginator(self, name):
        return Cli.Paginator(getattr(self, name))

    def __getattr__(self, name):
        if name not in self._names:
            raise AttributeError(name)
        return lambda **arguments: self._run(name, arguments)

    def _run(self, name, arguments):
        line = ["--endpoint-url", os.environ["AWS_ENDPOINT_URL"], "--output", "json", "iam", name.replace("_", "-")]
        for key, value in arguments.items():
            option = "--" + xform_name(key, "-").replace("_", "-")
            if isinstance(value, bool):
                line.append(option if value else option.replace("--", "--no-", 1))
            else:
                line += [option, value if isinstance(value, str) else json.dumps(value)]
        out, err = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
        try:
            status = self._driver.main(line)
            sys.stdout.flush()
            answer, message = sys.stdout.buffer.getvalue().decode(), sys.stderr.getvalue()
        finally:
            sys.stdout, sys.stderr = out, err
        if status:
            found = re.search(r"An error occurred \((\w+)\) when calling the \w+ operation: (.*)", message, re.S)
            assert found, (line, message)
            raise ClientError({"Error": {"Code": found[1], "Message": found[2].strip()}}, name)
        called.add(self._names[name])
        return json.loads(answer) if answer.strip() else {}


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


def fits(shape, element, place):
    """An answer's XML has nothing that the model does not know, and each text is of its type."""
    children = [(child.tag.split("}")[1], child) for child in element]
    if shape.type_name == "structure":
        names = [tag for tag, _ in children]
        assert len(names) == len(set(names)), f"{place} has a member twice: {names}"
        for tag, child in children:
            assert tag in shape.members, f"{place} has {tag}, which the model does not know"
            fits(shape.members[tag], child, f"{place}.{tag}")
    elif shape.type_name == "list":
        for tag, child in children:
            assert tag == "member", f"{place}: {tag}"
            fits(shape.member, child, place + "[]")
    elif shape.type_name == "map":
        for tag, child in children:
            assert tag == "entry" and [item.tag.split("}")[1] for item in child] == ["key", "value"], place
    else:
        text = element.text or ""
        assert not children, place
        kinds = {"timestamp": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "integer": r"-?\d+", "boolean": "true|false"}
        assert re.fullmatch(kinds.get(shape.type_name, "(?s).*"), text), f"{place} is no {shape.type_name}: {text}"
        enum = getattr(shape, "enum", None)
        assert not enum or text in enum or text in UNLISTED, f"{place} is {text}, not one of {enum}"
        assert shape.type_name != "string" or len(text) >= shape.metadata.get("min", 0), f"{place} is too short: {text}"


def check(model, parsed, **_):
    if "Error" not in parsed:
        called.add(model.name)
        require(model.output_shape, parsed, model.name)


def check_xml(operation_model, response_dict, **_):
    if response_dict["status_code"] == 200:
        answer = list(xml.etree.ElementTree.fromstring(response_dict["body"]))
        names = [child.tag.split("}")[1] for child in answer]
        expected = [operation_model.name + "Result"] * (operation_model.output_shape is not None) + ["ResponseMetadata"]
        assert names == expected, (operation_model.name, names)
        if operation_model.output_shape is not None:
            fits(operation_model.output_shape, answer[0], operation_model.name)
            checked.add(operation_model.name)


called, checked = set(), set()
boto.meta.events.register("after-call.iam.*", check)
boto.meta.events.register("before-parse.iam.*", check_xml)
iam = Cli() if CLI else boto


def fails(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, (code, error)
        return error.response["Error"]["Message"]
    raise AssertionError(f"expected {code}")


def collect(operation, member, **arguments):
    """All pages, two entries each; older models page fewer operations."""
    if not iam.can_paginate(operation):
        return getattr(iam, operation)(**arguments)[member]
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
assert isinstance(read["CreateDate"], str if CLI else datetime.datetime)
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
bob = client("iam", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
assert "no identity-based policy allows the iam:GetUser action" in fails("AccessDenied", bob.get_user)
assert iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"]["ServiceName"] == "iam"
iam.update_access_key(UserName="bob", AccessKeyId=key["AccessKeyId"], Status="Inactive")
assert collect("list_access_keys", "AccessKeyMetadata", UserName="bob")[0]["Status"] == "Inactive"
iam.update_user(UserName="bob", NewUserName="robert")
assert iam.get_account_summary()["SummaryMap"]["Users"] == 1
assert iam.simulate_principal_policy(PolicySourceArn=f"arn:aws:iam::{account}:user/robert", ActionNames=["s3:GetObject"], ResourceArns=["arn:aws:s3:::b/k"])["EvaluationResults"][0]["EvalDecision"] == "allowed"

# The rest of each kind: tags, lists, policies of a user, trust and description
for kind, arguments in (("user", {"UserName": "robert"}), ("role", {"RoleName": "deploy"}), ("policy", {"PolicyArn": policies[0]})):
    getattr(iam, f"tag_{kind}")(Tags=[{"Key": "stage", "Value": "prod"}, {"Key": "cost", "Value": ""}], **arguments)
    getattr(iam, f"untag_{kind}")(TagKeys=["cost"], **arguments)
    assert {"Key": "stage", "Value": "prod"} in collect(f"list_{kind}_tags", "Tags", **arguments), kind
assert [tag["Key"] for tag in collect("list_open_id_connect_provider_tags", "Tags", OpenIDConnectProviderArn=provider)] == ["B", "b"]
for number in (1, 2, 3):
    iam.put_user_policy(UserName="robert", PolicyName=f"inline{number}", PolicyDocument=json.dumps(READS))
    iam.attach_user_policy(UserName="robert", PolicyArn=policies[number])
iam.put_user_permissions_boundary(UserName="robert", PermissionsBoundary=boundary)
robert = iam.get_user(UserName="robert")["User"]
assert robert["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary and {"Key": "k", "Value": "v"} in robert["Tags"], robert
assert iam.get_user_policy(UserName="robert", PolicyName="inline1")["PolicyDocument"] == READS
assert collect("list_user_policies", "PolicyNames", UserName="robert") == ["inline1", "inline2", "inline3"]
assert [item["PolicyArn"] for item in collect("list_attached_user_policies", "AttachedPolicies", UserName="robert")] == policies[1:4]
assert collect("list_group_policies", "PolicyNames", GroupName="admins") == ["inline"]
assert [item["PolicyArn"] for item in collect("list_attached_group_policies", "AttachedPolicies", GroupName="admins")] == [policies[1]]
iam.update_group(GroupName="admins", NewGroupName="staff", NewPath="/people/")
assert [group["Arn"] for group in collect("list_groups", "Groups", PathPrefix="/people/")] == [f"arn:aws:iam::{account}:group/people/staff"]
iam.update_group(GroupName="staff", NewGroupName="admins")
assert [user["UserName"] for user in collect("list_users", "Users")] == ["robert"]
iam.update_assume_role_policy(RoleName="deploy", PolicyDocument=json.dumps(trust))
assert iam.update_role_description(RoleName="deploy", Description="words")["Role"]["Description"] == "words"
assert [role["RoleName"] for role in collect("list_roles", "Roles", PathPrefix="/ci/")] == ["deploy"]
assert collect("list_instance_profiles_for_role", "InstanceProfiles", RoleName="deploy") == [] and collect("list_account_aliases", "AccountAliases") == []
needs = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:username": "bob"}}}]}
assert iam.get_context_keys_for_custom_policy(PolicyInputList=[json.dumps(needs)])["ContextKeyNames"] == ["aws:username"]
assert iam.get_context_keys_for_principal_policy(PolicySourceArn=robert["Arn"], PolicyInputList=[json.dumps(needs)])["ContextKeyNames"] == ["aws:username"]
decided = iam.simulate_custom_policy(PolicyInputList=[json.dumps(needs)], ActionNames=["s3:GetObject"], ContextEntries=[
    {"ContextKeyName": "aws:username", "ContextKeyValues": ["bob"], "ContextKeyType": "string"}])["EvaluationResults"]
assert [result["EvalDecision"] for result in decided] == ["allowed"], decided
if hasattr(iam, "enable_outbound_web_identity_federation"):
    issuer = iam.enable_outbound_web_identity_federation()["IssuerIdentifier"]
    assert iam.get_outbound_web_identity_federation_info()["IssuerIdentifier"] == issuer
    iam.disable_outbound_web_identity_federation()
    fails("FeatureDisabled", iam.get_outbound_web_identity_federation_info)
if not CLI:
    for waiter, arguments in (("role_exists", {"RoleName": "deploy"}), ("user_exists", {"UserName": "robert"}), ("policy_exists", {"PolicyArn": policies[0]})):
        iam.get_waiter(waiter).wait(WaiterConfig={"Delay": 1, "MaxAttempts": 1}, **arguments)
    resources = boto3.resource("iam", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
    assert resources.Role("deploy").assume_role_policy_document == trust
    assert sorted(policy.arn for policy in resources.Role("deploy").attached_policies.all()) == policies
    assert [policy.name for policy in resources.User("robert").policies.all()] == ["inline1", "inline2", "inline3"]
    assert resources.Policy(policies[0]).default_version.document == READS
for number in (1, 2, 3):
    iam.delete_user_policy(UserName="robert", PolicyName=f"inline{number}")
    iam.detach_user_policy(UserName="robert", PolicyArn=policies[number])
iam.delete_user_permissions_boundary(UserName="robert")

# And everything goes again
# What no user here has, and clients ask for before they delete one.
for operation, member in (
    ("list_mfa_devices", "MFADevices"), ("list_ssh_public_keys", "SSHPublicKeys"),
    ("list_service_specific_credentials", "ServiceSpecificCredentials"), ("list_signing_certificates", "Certificates"),
):
    assert collect(operation, member, UserName="robert") == []
assert collect("list_virtual_mfa_devices", "VirtualMFADevices") == []
for operation in ("GetLoginProfile", "DeleteLoginProfile"):
    message = fails("NoSuchEntity", getattr(iam, xform_name(operation)), UserName="robert")
    assert message == "Login Profile for User robert cannot be found.", message
    called.add(operation)
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

# Nothing was left out: what was not called is not known.
probe = client("iam", config=Config(parameter_validation=False))
left_out = []
for operation in sorted(set(probe.meta.service_model.operation_names) - called):
    try:
        probe._make_api_call(operation, {})
        left_out.append(operation)
    except ClientError as error:
        if error.response["Error"]["Code"] != "InvalidAction":
            left_out.append(operation)
assert not left_out, left_out
# Before 1.30 botocore showed nobody an answer's XML.
assert CLI or len(checked) > 40 or tuple(map(int, botocore.__version__.split(".")[:2])) < (1, 30), checked
