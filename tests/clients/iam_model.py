"""Every constraint of AWS's own IAM model, as botocore ships it, against the server: what is too long, too short, too many, malformed or
missing is refused in AWS's words."""
import os
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

iam = boto3.client("iam", endpoint_url=os.environ["AWS_ENDPOINT_URL"], config=Config(parameter_validation=False, retries={"max_attempts": 0}))
model = iam.meta.service_model
account = boto3.client("sts", endpoint_url=os.environ["AWS_ENDPOINT_URL"]).get_caller_identity()["Account"]

GOOD = {
    "RoleName": "r", "UserName": "u", "GroupName": "g", "PolicyName": "p", "PolicyArn": f"arn:aws:iam::{account}:policy/p", "Url": "https://x.example.com",
    "OpenIDConnectProviderArn": f"arn:aws:iam::{account}:oidc-provider/x.example.com",
}
# Markers of ours may hold a whole ARN; the model's 320 is too short for that.
LONGER_HERE = {"Marker"}


def value(shape, name=""):
    """The smallest value that the model accepts."""
    if name in GOOD:
        return GOOD[name]
    if shape.type_name == "string":
        pattern = shape.metadata.get("pattern", "")
        if shape.enum:
            return shape.enum[0]
        if "v[1-9]" in pattern:
            return "v1"
        return "/" if pattern.startswith((r"(\u002F)", r"\u002F", "((/")) else "a" * max(1, shape.metadata.get("min", 1))
    if shape.type_name == "list":
        return [value(shape.member)]
    if shape.type_name == "structure":
        return {key: value(member, key) for key, member in shape.members.items() if key in shape.required_members}
    return {"integer": shape.metadata.get("min", 1), "boolean": True}.get(shape.type_name)


def violations(shape, name):
    """Values that break one constraint, each with the words of the refusal."""
    limits = shape.metadata
    if shape.type_name == "string" and shape.enum:
        yield "no-such-word", "satisfy enum value set"
    elif shape.type_name == "string":
        if "max" in limits and limits["max"] < 200_000 and name not in LONGER_HERE:
            yield "a" * (limits["max"] + 1), f"have length less than or equal to {limits['max']}"
        if limits.get("min", 0) > 0:
            yield "a" * (limits["min"] - 1), f"have length greater than or equal to {limits['min']}"
        if "pattern" in limits:
            yield "\u0001!", "satisfy regular expression pattern: " + limits["pattern"]
    elif shape.type_name == "integer":
        for bound, step, words in (("max", 1, "less"), ("min", -1, "greater")):
            if bound in limits:
                yield limits[bound] + step, f"have value {words} than or equal to {limits[bound]}"
    elif shape.type_name == "list":
        if "max" in limits:
            yield [value(shape.member)] * (limits["max"] + 1), f"have length less than or equal to {limits['max']}"
        inner = shape.member.metadata
        if shape.member.type_name == "string" and "max" in inner and inner["max"] < 200_000:
            yield ["a" * (inner["max"] + 1)], f"satisfy constraint: [Member must have length less than or equal to {inner['max']}"
        if shape.member.type_name == "string" and "pattern" in inner:
            yield ["\u0001!"], "Member must satisfy regular expression pattern: " + inner["pattern"]


def refusal(operation, parameters):
    try:
        iam._make_api_call(operation, parameters)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"]
    return "", "accepted"


faults, checked, known = [], 0, []
for operation in model.operation_names:
    shape = model.operation_model(operation).input_shape
    if refusal(operation, {})[0] == "InvalidAction":
        continue
    known.append(operation)
    if shape is None:
        continue
    required = {key: value(member, key) for key, member in shape.members.items() if key in shape.required_members}
    for key, member in shape.members.items():
        place = key[0].lower() + key[1:]
        cases = [({**required, key: bad}, words) for bad, words in violations(member, key)]
        if key in shape.required_members:
            cases.append(({name: good for name, good in required.items() if name != key}, "not be null"))
        for parameters, words in cases:
            checked += 1
            code, message = refusal(operation, parameters)
            if code != "ValidationError" or f"Value at '{place}' failed to satisfy constraint: Member must " not in message or words not in message:
                faults.append(f"{operation} {key}: expected `{words}`, got {code}: {message[:200]}")

assert len(known) >= 89, known
assert checked > 300, checked
print("\n".join(faults))
sys.exit(1 if faults else 0)
