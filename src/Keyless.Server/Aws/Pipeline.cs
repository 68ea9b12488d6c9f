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
    public async Task Handle(HttpContext http)
    {
        var now = clock.GetUtcNow();
        var target = RawTarget.Of(http);

        // 1 and 2: the service, the request, the operation
        var (service, opened) = await Open(http, target, now);
        var request = opened.Request;
        http.Response.Headers["x-amzn-RequestId"] = request.RequestId;
        try
        {
            var response = opened.Error is { } malformed ? malformed : await Answer(service, opened.Operation!, request);
            metrics.Count(service.Name, opened.Operation?.Name ?? "", response.Error?.Code ?? "ok");
            if (response.Error is { } error)
            {
                if (log.IsEnabled(LogLevel.Information))
                {
                    log.LogInformation(
                        "{RequestId} {Service} {Operation} {Code}: {Reason}",
                        request.RequestId, service.Name, opened.Operation?.Name, error.Code, error.Reason ?? error.Message);
                }

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

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<AwsResponse> Answer(Service service, Operation operation, AwsRequest request)
    {
        // 3
        if (operation.Signature != SignatureRule.Ignored
            && signatures.Verify(request, service.Signing, operation.Signature == SignatureRule.Optional) is { } fault)
        {
            var unsigned = service.Signing.Error(fault);
            await audit.Append(Recorded.Of(service, operation, request, unsigned, denial: null));
            return unsigned;
        }

        // 4
        var needs = operation.Needs(request);
        if (needs is Needs.Refused refused)
        {
            // What nobody signed may be a stranger trying names: not worth a durable row.
            if (request.Caller is not Caller.Anonymous)
            {
                await audit.Append(Recorded.Of(service, operation, request, refused.Error, denial: null));
            }

            return refused.Error;
        }

        if (needs is Needs.Permissions needed)
        {
            foreach (var permission in needed.All)
            {
                if (access.Check(service, request, permission) is { } denial)
                {
                    var denied = service.Denied(request, denial);
                    denied = denied with { Reason = denied.Reason ?? denial.Cause };
                    await audit.Append(Recorded.Of(service, operation, request, denied, denial));
                    return denied;
                }
            }
        }

        // 5
        var response = await operation.Run(request);
        if (operation.Recording == Recording.Everything)
        {
            await audit.Append(Recorded.Of(service, operation, request, response.Error, denial: null));
        }
        else if (request.DeniedWithin is { } within)
        {
            await audit.Append(Recorded.Of(service, operation, request, response.Error ?? service.Denied(request, within), within));
        }

        return response;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<(Service Service, Opened Opened)> Open(HttpContext http, RawTarget target, DateTimeOffset now)
    {
        var (service, error) = router.ByScope(http, target);
        if (service is not null)
        {
            return (service, await service.Open(http, target, now));
        }

        var (request, malformed) = await QueryService.Read(http, target, now);
        var query = router.ByForm(request);
        return (query, (error ?? malformed) is { } wrong ? new Opened(request, null, wrong) : query.Match(request));
    }
}
