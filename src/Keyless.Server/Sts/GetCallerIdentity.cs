using Keyless.Server.Aws;

namespace Keyless.Server.Sts;

/// <summary>Who signed. Always allowed, also presigned and against any Deny. STS API Reference, "GetCallerIdentity".</summary>
internal sealed class GetCallerIdentity(StsService sts) : Operation
{
    public override string Name => "GetCallerIdentity";

    public override Needs Needs(AwsRequest request) => new Needs.Nothing("AWS allows it whatever the policies say");

    public override ValueTask<AwsResponse> Run(AwsRequest request)
    {
        var caller = request.Caller;
        return new(new StsResponse(sts, Name, xml => xml
            .Element("Arn", caller.Arn)
            .Element("UserId", UserIdOf(caller))
            .Element("Account", caller.Account)));
    }

    /// <summary><c>aws:userid</c> as AWS writes it for each kind of caller.</summary>
    public static string UserIdOf(Caller caller) => caller switch
    {
        Caller.Root root => root.AccountId,
        Caller.User user => user.UserId,
        Caller.WithSession session => session.Session.UserId,
        _ => "",
    };
}
