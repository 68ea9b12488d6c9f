using Keyless.Server.Aws;

namespace Keyless.Server.Sts;

/// <summary>Opens an encoded authorization message. STS API Reference, "DecodeAuthorizationMessage".</summary>
internal sealed class DecodeAuthorizationMessage(StsService sts) : Operation
{
    public override string Name => "DecodeAuthorizationMessage";

    public override Recording Recording => Recording.Everything;

    public override Needs Needs(AwsRequest request) => SessionLimits.UnlessLimited(request, new Permission("sts:DecodeAuthorizationMessage", "*"));

    public override ValueTask<AwsResponse> Run(AwsRequest request)
    {
        var check = new Constraints(((QueryRequest)request).Parameters);
        var encoded = check.Required("EncodedMessage", 1, 10_240);
        if (check.Error is { } invalid)
        {
            return new(invalid);
        }

        return sts.Parts.Messages.Decode(encoded) is { } message
            ? new(new StsResponse(sts, Name, xml => xml.Element("DecodedMessage", message)))
            : new(new AwsError("InvalidAuthorizationMessageException", 400, "Invalid EncodedMessage") { Reason = "the message was not encoded by this installation, or was changed", Mend = "pass the encoded message whole, as the denial had it" });
    }
}
