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
        return opening.IsCompletedSuccessfully ? Serve(http, opening.Result) : ServeLater(http, opening);
    }

    private async Task ServeLater(HttpContext http, ValueTask<(Service, Opened)> opening) => await Serve(http, await opening);

    private async Task Serve(HttpContext http, (Service, Opened) arrived)
    {
        var (service, opened) = arrived;
        var request = opened.Request;
        http.Response.Headers["x-amzn-RequestId"] = request.RequestId;
        try
        {
            var (response, record) = opened.Error is { } malformed ? (malformed, null) : await Answer(service, opened.Operation!, request);

            // What is recorded is durable before anything is answered: credentials that nobody can account for do not leave.
            if (record is not null)
            {
                await audit.Append(record);
            }

            metrics.Count(service.Name, opened.Operation?.Name ?? "", response.Error?.Code ?? "ok");
            if (response.Error is { } error)
            {
                if (log.IsEnabled(LogLevel.Information))
                {
                    log.LogInformation(
                        "{RequestId} {Service} {Operation} {Code}: {Reason}",
                        request.RequestId, service.Name, opened.Operation?.Name, error.Code, Told(error, record));
                }

                // For who calls in this process: what the wire does not say.
                http.Items[typeof(AwsError)] = error;
                await service.WriteError(request, error);
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
        catch (BadHttpRequestException malformed) when (!http.Response.HasStarted)
        {
            // The body ended early or broke HTTP's own framing.
            await service.WriteError(request, new AwsError("IncompleteBody", malformed.StatusCode, "The request body terminated unexpectedly"));
        }
        catch (Exception fault)
        {
            metrics.Count(service.Name, opened.Operation?.Name ?? "", "InternalFailure");
            log.LogError(fault, "{RequestId} {Service} {Operation}", request.RequestId, service.Name, opened.Operation?.Name);
            if (http.Response.HasStarted)
            {
                http.Abort();
                return;
            }

            http.Response.Clear();
            http.Response.Headers["x-amzn-RequestId"] = request.RequestId;
            await service.WriteError(request, CommonErrors.InternalFailure());
        }
        finally
        {
            request.Release();
        }
    }

    /// <summary>The cause for the log; with the help, where no decision record has it.</summary>
    private static string Told(AwsError error, IAuditEntry? record) =>
        FirstLine.Of(OneLine.Of(error.Reason ?? error.Message, 4000)) + (record is null && error.Mend is { } mend ? $" (help: {OneLine.Of(mend, 1000)})" : "");

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<(AwsResponse Response, IAuditEntry? Record)> Answer(Service service, Operation operation, AwsRequest request)
    {
        // 3
        if (operation.Signature != SignatureRule.Ignored
            && signatures.Verify(request, service.Signing, operation.Signature == SignatureRule.Optional) is { } fault)
        {
            var unsigned = service.Signing.Error(fault);
            return (unsigned, Recorded.Of(service, operation, request, unsigned, denial: null));
        }

        // 4
        var needs = operation.Needs(request);
        if (needs is Needs.Refused refused)
        {
            // What nobody signed may be a stranger trying names: not worth a durable row.
            return (refused.Error, request.Caller is Caller.Anonymous ? null : Recorded.Of(service, operation, request, refused.Error, denial: null));
        }

        if (needs is Needs.Permissions needed)
        {
            foreach (var permission in needed.All)
            {
                if (access.Check(service, request, permission) is { } denial)
                {
                    var denied = service.Denied(request, denial);
                    denied = denied with { Reason = denied.Reason ?? denial.Cause };
                    return (denied, Recorded.Of(service, operation, request, denied, denial));
                }
            }
        }

        // 5
        var response = await operation.Run(request);
        return (response,
            response.Record
            ?? (request.DeniedWithin is { } within ? Recorded.Of(service, operation, request, response.Error ?? service.Denied(request, within), within)
                : operation.Recording == Recording.Everything || response.Error is { IsAboutAccess: true } ? Recorded.Of(service, operation, request, response.Error, denial: null)
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
        return (query, malformed is null ? query.Match(request) : new Opened(request, null, malformed));
    }
}
