using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Evaluate;

/// <summary>One value of <c>Principal</c>. IAM User Guide, "AWS JSON policy elements: Principal".</summary>
internal sealed class CompiledPrincipal
{
    private readonly PrincipalValue _value;
    private readonly string? _account;
    private readonly Arn _arn;
    private readonly string? _role;
    private readonly string? _user;

    public CompiledPrincipal(PrincipalValue value)
    {
        _value = value;
        if (value.Type != PrincipalType.Aws)
        {
            return;
        }

        if (Arn.IsAccountId(value.Text))
        {
            _account = value.Text;
        }
        else if (Arn.TryParse(value.Text, out _arn) && _arn.Service is "iam")
        {
            var resource = _arn.Resource;
            _account = resource is "root" ? _arn.Account.ToString() : null;
            _role = resource.StartsWith("role/") ? LastSegment(resource).ToString() : null;
            _user = resource.StartsWith("user/") ? LastSegment(resource).ToString() : null;
        }

        if (value.Text != "*" && _account is null && _arn.IsEmpty)
        {
            Problem = value.Text.StartsWith("AIDA", StringComparison.Ordinal) || value.Text.StartsWith("AROA", StringComparison.Ordinal)
                ? $"`{value.Text}` is the id of a {(value.Text[1] == 'I' ? "user" : "role")} that was deleted"
                : $"`{value.Text}` is neither an account, an ARN nor `*`";
        }
        else if (value.Text != "*" && value.Text.AsSpan().ContainsAny('*', '?'))
        {
            Problem = $"`{value.Text}` has a wildcard: `*` stands alone in a principal or not at all";
        }
    }

    /// <summary>Why this value matches nobody; null when it is sound.</summary>
    public string? Problem { get; }

    public PrincipalMatch Match(in RequestView request) => _value.Type switch
    {
        PrincipalType.Everyone => PrincipalMatch.Direct,

        // Recorded on AWS: callers of AssumeRoleWithWebIdentity are not among "all AWS principals".
        PrincipalType.Aws when _value.Text == "*" => request.Request.Requester is Requester.Federated ? PrincipalMatch.None : PrincipalMatch.Direct,
        PrincipalType.Aws when Problem is null && !request.RequesterArn.IsEmpty => MatchArn(request.RequesterArn),
        PrincipalType.Service when request.Request.Requester is Requester.Service service => Direct(service.Host == _value.Text),
        PrincipalType.Federated when request.Request.Requester is Requester.Federated federated => Direct(federated.Provider == _value.Text),
        _ => PrincipalMatch.None,
    };

    private PrincipalMatch MatchArn(Arn requester)
    {
        if (_account is not null)
        {
            return requester.Account.SequenceEqual(_account) && (_arn.IsEmpty || requester.Partition.SequenceEqual(_arn.Partition))
                ? PrincipalMatch.Account
                : PrincipalMatch.None;
        }

        if (requester.Text == _value.Text)
        {
            return PrincipalMatch.Direct;
        }

        return IsParentOf(requester) ? PrincipalMatch.Parent : PrincipalMatch.None;
    }

    /// <summary>A role and its sessions, whose ARN has the role's name without its path; a user and its federated-user sessions.</summary>
    private bool IsParentOf(Arn requester)
    {
        if (requester.Service is not "sts" || !requester.Account.SequenceEqual(_arn.Account) || !requester.Partition.SequenceEqual(_arn.Partition))
        {
            return false;
        }

        const string session = "assumed-role/", federated = "federated-user/";
        var resource = requester.Resource;
        if (_role is not null && resource.StartsWith(session))
        {
            var name = resource[session.Length..];
            var slash = name.IndexOf('/');
            return slash > 0 && name[..slash].Equals(_role, StringComparison.OrdinalIgnoreCase);
        }

        return _user is not null && resource.StartsWith(federated) && resource[federated.Length..].SequenceEqual(_user);
    }

    private static PrincipalMatch Direct(bool matches) => matches ? PrincipalMatch.Direct : PrincipalMatch.None;

    private static ReadOnlySpan<char> LastSegment(ReadOnlySpan<char> resource) => resource[(resource.LastIndexOf('/') + 1)..];
}
