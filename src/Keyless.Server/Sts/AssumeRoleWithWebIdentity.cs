using System.Collections.Concurrent;
using Keyless.Server.Audit;
using Keyless.Server.Aws;
using Keyless.Server.Sts.WebIdentity;

namespace Keyless.Server.Sts;

/// <summary>
/// Credentials of a role for the bearer of an issuer's token. STS API Reference, "AssumeRoleWithWebIdentity". The call is unsigned;
/// whatever signature it carries is ignored.
/// </summary>
internal sealed class AssumeRoleWithWebIdentity(StsService sts) : Operation
{
    private readonly TokenVerifier _verifier = new(sts.Parts.Issuers);
    private readonly ConcurrentQueue<Granted> _idle = [];

    public override string Name => "AssumeRoleWithWebIdentity";

    public override SignatureRule Signature => SignatureRule.Ignored;

    public override Needs Needs(AwsRequest request) => s_needs;

    private static readonly Needs s_needs = new Needs.Nothing("the role's trust policy decides, once the token is verified");

    public override ValueTask<AwsResponse> Run(AwsRequest request)
    {
        var granted = _idle.TryDequeue(out var used) ? used : new Granted(this, sts, new Exchange(sts.Parts, _verifier));
        var exchange = granted.Exchange;
        exchange.Begin((QueryRequest)request);

        // With the issuer's keys at hand nothing is waited for.
        var decided = exchange.Decide();
        return decided.IsCompletedSuccessfully ? new(Answer(granted, decided.Result)) : AnswerLater(granted, decided);
    }

    private async ValueTask<AwsResponse> AnswerLater(Granted granted, ValueTask<Refusal?> decided) => Answer(granted, await decided);

    private AwsResponse Answer(Granted granted, Refusal? refusal)
    {
        if (refusal is null)
        {
            granted.Decided();
            return granted;
        }

        var record = ExchangeRecord.Of(granted.Exchange, refusal);
        _idle.Enqueue(granted);
        return AwsResponse.Refused(refusal.Wire with { Reason = refusal.Cause }, record);
    }

    /// <summary>The answer to an exchange that was allowed, used again, buffers and all, once it is written.</summary>
    private sealed class Granted(AssumeRoleWithWebIdentity operation, StsService sts, Exchange exchange) : QueryResponse(sts, operation.Name)
    {
        public Exchange Exchange => exchange;

        private readonly ExchangeRecord _short = new(exchange);
        private IAuditEntry? _record;

        public override IAuditEntry? Record => _record;

        /// <summary>Makes the record, all of it where that is wanted.</summary>
        public void Decided() => _record = sts.Parts.Detailed ? ExchangeRecord.Of(exchange, refusal: null) : _short;

        public override void WriteResult(XmlOut xml)
        {
            exchange.Write(xml);
            operation._idle.Enqueue(this);
        }
    }
}
