using System.Diagnostics.CodeAnalysis;
using Keyless.Server.Aws;

namespace Keyless.Server.S3;

/// <summary>A value read from a request, or the error to answer with.</summary>
public readonly struct Parsed<T>
{
    private Parsed(T? value, AwsError? error) => (Value, Error) = (value, error);

    public T? Value { get; }

    public AwsError? Error { get; }

    /// <summary>The value when there is one; otherwise the error.</summary>
    public bool Succeeds([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out AwsError? error)
    {
        (value, error) = (Value, Error);
        return error is null;
    }

    public static implicit operator Parsed<T>(T value) => new(value, null);

    public static implicit operator Parsed<T>(AwsError error) => new(default, error);
}
