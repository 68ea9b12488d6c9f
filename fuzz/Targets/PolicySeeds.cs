namespace Fuzz.Targets;

/// <summary>Policies and the words they are made of.</summary>
internal static class PolicySeeds
{
    public static IReadOnlyList<string> Documents { get; } =
    [
        """
        {"Version": "2012-10-17", "Statement": [{"Sid": "GitHub", "Effect": "Allow",
          "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},
          "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {
            "StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"},
            "StringLike": {"token.actions.githubusercontent.com:sub": ["repo:acme/site:*", "repo:acme/${aws:PrincipalTag/repo, 'x'}:*"]}}}]}
        """,
        """
        {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "NotAction": ["s3:Get*", "iam:?etRole"], "NotResource": ["arn:aws:s3:::b/${aws:username}/*", "*"],
          "Condition": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "2001:db8::/32"]}, "DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00.5+01:00"},
            "NumericLessThanEquals": {"s3:max-keys": "1e3"}, "Bool": {"aws:SecureTransport": false}, "Null": {"aws:TokenIssueTime": "true"},
            "ForAllValues:StringLikeIfExists": {"aws:TagKeys": ["a*", "b?"]}, "ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:t*"}, "BinaryEquals": {"k:b": "YWJj"}}}}
        """,
        """{"Version": "2008-10-17", "Id": "x", "Statement": [{"Effect": "Allow", "NotPrincipal": {"AWS": ["111122223333", "*"], "Service": "ec2.amazonaws.com"}, "Action": "*", "Resource": "*"}]}""",
    ];

    public static IReadOnlyList<string> Words { get; } =
    [
        "\"Version\"", "\"Statement\"", "\"Effect\"", "\"Allow\"", "\"Deny\"", "\"Principal\"", "\"NotPrincipal\"", "\"Action\"", "\"NotAction\"", "\"Resource\"",
        "\"NotResource\"", "\"Condition\"", "\"Sid\"", "\"AWS\"", "\"*\"", "[]", "{}", "null", "StringNotEquals", "ForAnyValue:", "ForAllValues:", "IfExists", "Numeric", "Date",
        "IpAddress", "Arn", "${", "${*}", "${aws:username}", "${a, 'b'}", "'}", "arn:aws:s3:::", "::", "*", "?", "2026-02-30", "99999999999999999999", "1e999999999", "::ffff:1.2.3.4", "/129",
    ];
}
