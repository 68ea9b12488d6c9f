namespace Keyless.Server.Aws;

/// <summary>
/// What an operation answers: its protocol's success, or an <see cref="AwsError"/>, which converts to one so that operations can
/// return errors plainly.
/// </summary>
public abstract class AwsResponse
{
    /// <summary>The error, when it is one; the service writes its envelope.</summary>
    public virtual AwsError? Error => null;

    /// <summary>Writes status, headers and body. Not called for errors.</summary>
    public abstract ValueTask Write(AwsRequest request);

    public static implicit operator AwsResponse(AwsError error) => new Failure(error);

    private sealed class Failure(AwsError error) : AwsResponse
    {
        public override AwsError Error => error;

        public override ValueTask Write(AwsRequest request) => throw new InvalidOperationException("the service writes errors");
    }
}
