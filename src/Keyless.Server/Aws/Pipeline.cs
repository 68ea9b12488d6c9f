using System.Runtime.CompilerServices;
using Keyless.Server.Audit;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Keyless.Server.Aws;

/// <summary>
/// The way of every AWS request: 1 route, 2 parse, 3 authenticate, 4 authorize, 5 run, 6 write. Errors leave in the service's envelope,
/// faults of the machine as <c>InternalFailure</c> with the request id. Refusals are in the audit log before they leave.
/// </summary>
public sealed class Pipeline(Router router, SigV4 signatures, Access access, AuditLog audit, Metrics metrics, TimeProvider clock, ILogger log)
{
    public Task Handle(HttpContext http)
    {
        // 1 and 2: the service, the request, the operation. A body is here already as a rule, and then nothing is waited for.
        var opening = Open(http, RawTarget.Of(http), clock.GetUtcNow());
        return opening.IsCompletedSuccessfully ? Serve(opening.Result) : ServeLater(opening);
    }

    private async Task ServeLater(ValueTask<(Service, Opened)> opening) => await Serve(await opening);

    private Task Serve((Service Service, Opened Opened) arrived) => Serve(arrived.Service, arrived.Opened.Request, arrived.Opened);

    // What lives across a wait is allocated for each request: no more than it must.
    private async Task Serve(Service service, AwsRequest request, Opened opened)
    {
        request.Http.Response.Headers["x-amzn-RequestId"] = request.RequestId;
        try
        {
            var (response, record) = opened.Error is { } error ? NotCalled(service, opened, error) : await Answer(service, opened.Operation!, request);

            // What is recorded is durable before anything is answered: credentials that nobody can account for do not leave.
            if (record is not null)
            {
                await audit.Append(record);
            }

            metrics.Count(service.Name, opened.Operation?.Name ?? "", response.Error?.Code ?? "ok");
            if (response.Error is { } refused)
            {
                if (log.IsEnabled(LogLevel.Information))
                {
                    log.LogInformation(
                        "{RequestId} {Service} {Operation} {Code}: {Reason}",
                        request.RequestId, service.Name, opened.Name, refused.Code, Told(refused, record));
                }

                // For who calls in this process: what the wire does not say.
                request.Http.Items[typeof(AwsError)] = refused;
                await service.WriteError(request, refused);
            }
            else
            {
                // 6
                await response.Write(request);
            }
        }
        catch (OperationCanceledException) when (request.Aborted.IsCancellationRequested)
        {
            // The client is gone: there is nobody to answer.
        }
        catch (BadHttpRequestException malformed) when (!request.Http.Response.HasStarted)
        {
            // The body ended early or broke HTTP's own framing.
            await service.WriteError(request, new AwsError("IncompleteBody", malformed.StatusCode, "The request body terminated unexpectedly"));
        }
        catch (Exception fault)
        {
            metrics.Count(service.Name, opened.Operation?.Name ?? "", "InternalFailure");
            log.LogError(fault, "{RequestId} {Service} {Operation}", request.RequestId, service.Name, opened.Name);
            if (request.Http.Response.HasStarted)
            {
                request.Http.Abort();
                return;
            }

            request.Http.Response.Clear();
            request.Http.Response.Headers["x-amzn-RequestId"] = request.RequestId;
            await service.WriteError(request, CommonErrors.InternalFailure());
        }
        finally
        {
            request.Release();
        }
    }

    /// <summary>The cause for the log; with the help, where no decision record has it.</summary>
    private static string Told(AwsError error, IAuditEntry? record) =>
        DecisionText.FirstLine(OneLine.Of(error.Reason ?? error.Message, 4000)) + (record is null && error.Mend is { } mend ? $" (help: {OneLine.Of(mend, 1000)})" : "");

    // What calls no operation is worth a durable row where somebody known sent it, whichever service they meant.
    private (AwsResponse Response, IAuditEntry? Record) NotCalled(Service service, in Opened opened, AwsError error) => (
        error,
        signatures.Verify(opened.Request, service.Signing, optional: false, anyService: true) is null
            ? Recorded.Of(service, opened.Name, opened.Request, error, denial: null)
            : null);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<(AwsResponse Response, IAuditEntry? Record)> Answer(Service service, Operation operation, AwsRequest request)
    {
        // 3
        if (operation.Signature != SignatureRule.Ignored
            && signatures.Verify(request, service.Signing, operation.Signature == SignatureRule.Optional) is { } fault)
        {
            var unsigned = service.Signing.Error(fault);
            return (unsigned, Recorded.Of(service, operation.Name, request, unsigned, denial: null));
        }

        // 4
        var needs = operation.Needs(request);
        if (needs is Needs.Refused refused)
        {
            // What nobody signed may be a stranger trying names: not worth a durable row.
            return (refused.Error, request.Caller is Caller.Anonymous ? null : Recorded.Of(service, operation.Name, request, refused.Error, denial: null));
        }

        if (needs is Needs.Permissions needed)
        {
            foreach (var permission in needed.All)
            {
                if (access.Check(service, request, permission) is { } denial)
                {
                    var denied = service.Denied(request, denial);
                    denied = denied with { Reason = denied.Reason ?? denial.Cause };
                    return (denied, Recorded.Of(service, operation.Name, request, denied, denial));
                }
            }
        }

        // 5
        var response = await operation.Run(request);
        return (response,
            response.Record
            ?? (request.DeniedWithin is { } within ? Recorded.Of(service, operation.Name, request, response.Error ?? service.Denied(request, within), within)
                : operation.Recording == Recording.Everything || response.Error is { IsAboutAccess: true } ? Recorded.Of(service, operation.Name, request, response.Error, denial: null, response.Remarks)
                : null));
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<(Service Service, Opened Opened)> Open(HttpContext http, RawTarget target, DateTimeOffset now)
    {
        if (router.ByTarget(http, target) is { } service)
        {
            return (service, await service.Open(http, target, now));
        }

        var (request, malformed) = await QueryService.Read(http, target, now);
        var query = router.ByForm(request);
        return (query, malformed is null ? router.Match(query, request) : new Opened(request, null, malformed));
    }
}
