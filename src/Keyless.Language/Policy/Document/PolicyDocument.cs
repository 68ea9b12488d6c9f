using System.Collections.Immutable;
using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Document;

/// <summary>A policy as written, every element with its place. IAM User Guide, "Grammar of the IAM JSON policy language".</summary>
public sealed record PolicyDocument(SourceText Source, SourceSpan Span, PolicyVersion Version, ImmutableArray<Statement> Statements)
{
    /// <summary>The <c>Version</c> element; null when absent, which means 2008-10-17.</summary>
    public Located<string>? VersionElement { get; init; }

    public Located<string>? Id { get; init; }

    /// <summary>What the document was read as.</summary>
    public PolicyKind Kind { get; init; }
}

/// <summary>The two editions of the language; only policy variables differ.</summary>
public enum PolicyVersion
{
    V20081017,
    V20121017,
}

/// <summary>Where a policy is attached, which decides the elements it may have.</summary>
public enum PolicyKind
{
    Identity,
    Trust,

    /// <summary>A resource policy other than a trust policy, in Keyless a bucket policy.</summary>
    Resource,
    Session,
    Boundary,
    ServiceControl,
    ResourceControl,
    Endpoint,
}

public enum Effect
{
    Allow,
    Deny,
}

/// <summary>A value and where it is written.</summary>
public readonly record struct Located<T>(T Value, SourceSpan Span);

/// <summary>One statement. <see cref="Index"/> counts from 0 in document order and names statements without a Sid.</summary>
public sealed record Statement(int Index, SourceSpan Span, Located<Effect> Effect, ActionElement Action)
{
    public Located<string>? Sid { get; init; }

    public PrincipalElement? Principal { get; init; }

    public ResourceElement? Resource { get; init; }

    public ImmutableArray<Condition> Conditions { get; init; } = [];
}

/// <summary><c>Action</c>, or <c>NotAction</c> when negated.</summary>
public sealed record ActionElement(bool Negated, SourceSpan Span, ImmutableArray<Located<string>> Patterns);

/// <summary><c>Resource</c>, or <c>NotResource</c> when negated.</summary>
public sealed record ResourceElement(bool Negated, SourceSpan Span, ImmutableArray<Located<string>> Patterns);

/// <summary><c>Principal</c>, or <c>NotPrincipal</c> when negated. The bare string <c>"*"</c> is one value of type <see cref="PrincipalType.Everyone"/>.</summary>
public sealed record PrincipalElement(bool Negated, SourceSpan Span, ImmutableArray<PrincipalValue> Values);

public enum PrincipalType
{
    Everyone,
    Aws,
    Service,
    Federated,
    CanonicalUser,
}

public sealed record PrincipalValue(PrincipalType Type, string Text, SourceSpan Span);

/// <summary>
/// One key under one operator: <c>{ operator: { key: values } }</c>. All conditions of a statement must hold, the values of one are
/// alternatives.
/// </summary>
/// <param name="Operator">As written, with set prefix and <c>IfExists</c>: <c>ForAnyValue:StringLikeIfExists</c>.</param>
/// <param name="Key">As written; keys compare without case.</param>
/// <param name="Values">The JSON text of each scalar; <c>true</c> and <c>"true"</c> are one value.</param>
public sealed record Condition(Located<string> Operator, Located<string> Key, ImmutableArray<Located<string>> Values, SourceSpan Span);
