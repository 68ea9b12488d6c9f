namespace Keyless.Server.Aws;

/// <summary>
/// The success of a Query operation. The envelope is the service's: <c>OpResponse</c>, <c>OpResult</c> and <c>ResponseMetadata</c>.
/// </summary>
public abstract class QueryResponse(QueryService service, string operation) : AwsResponse
{
    public string Operation => operation;

    /// <summary>Whether there is an <c>OpResult</c> element: operations without output have none.</summary>
    public virtual bool HasResult => true;

    /// <summary>Writes what is inside <c>OpResult</c>.</summary>
    public abstract void WriteResult(XmlOut xml);

    public sealed override ValueTask Write(AwsRequest request) => service.WriteResult(request, this);
}
