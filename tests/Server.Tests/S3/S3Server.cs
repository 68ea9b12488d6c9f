using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Keyless.Server;
using Keyless.Tests;
using Xunit;

namespace Server.Tests.S3;

/// <summary>A server of its own on a free port, with the AWS SDK for .NET as its client. Tests take buckets of names of their own.</summary>
public sealed class S3Server : IAsyncLifetime
{
    private static int s_count;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("keyless-s3-");
    private KeylessServer? _server;
    private AmazonS3Client? _client;
    private HttpClient? _http;

    public Uri Address => _server!.BaseAddress;

    public AmazonS3Client Client => _client!;

    /// <summary>Signs nothing and follows no redirect.</summary>
    public HttpClient Http => _http!;

    public string DataFolder => _folder.FullName;

    public KeylessServer Server => _server!;

    public string AccessKeyId => _server!.Root.AccessKeyId;

    public string SecretAccessKey => _server!.Root.Secret.Value;

    public async ValueTask InitializeAsync()
    {
        _server = await KeylessServer.StartAsync(new ServerOptions { DataFolder = _folder.FullName, Listen = new Uri("http://127.0.0.1:0") });
        _client = NewClient();
        _http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CheckCertificateRevocationList = true }) { BaseAddress = Address };
    }

    public AmazonS3Client NewClient(string region = "us-east-1", AWSCredentials? credentials = null) => new(
        credentials ?? new BasicAWSCredentials(AccessKeyId, SecretAccessKey),
        new AmazonS3Config { ServiceURL = Address.ToString(), ForcePathStyle = true, AuthenticationRegion = region, MaxErrorRetry = 0 });

    /// <summary>Creates a bucket of a fresh name.</summary>
    public async Task<string> NewBucket(bool versioned = false)
    {
        var name = $"bucket-{Interlocked.Increment(ref s_count)}-of-{Guid.NewGuid():N}"[..40];
        await Client.PutBucketAsync(name);
        if (versioned)
        {
            await Client.PutBucketVersioningAsync(new PutBucketVersioningRequest
            {
                BucketName = name,
                VersioningConfig = new S3BucketVersioningConfig { Status = VersionStatus.Enabled },
            });
        }

        return name;
    }

    /// <summary>Lets everyone read the bucket's objects, as a public website does.</summary>
    public async Task MakePublic(string bucket, string actions = "\"s3:GetObject\"")
    {
        await Client.DeletePublicAccessBlockAsync(new DeletePublicAccessBlockRequest { BucketName = bucket });
        await Client.PutBucketPolicyAsync(bucket, $$"""
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":[{{actions}}],
             "Resource":["arn:aws:s3:::{{bucket}}","arn:aws:s3:::{{bucket}}/*"]}]}
            """);
    }

    public async Task Put(string bucket, string key, string body = "", string? contentType = null) =>
        await Client.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = key, ContentBody = body, ContentType = contentType });

    /// <summary>An unsigned request to a bucket's website.</summary>
    public async Task<HttpResponseMessage> Browse(string bucket, string path, HttpMethod? method = null, Action<HttpRequestMessage>? with = null)
    {
        // The path goes out as it is: a Uri would drop dot segments.
        var request = new HttpRequestMessage(method ?? HttpMethod.Get, new Uri(Address, path));
        request.Headers.Host = $"{bucket}.s3-website.localhost:{Address.Port}";
        with?.Invoke(request);
        return await Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        _http?.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
            FirstLines.Check(_folder.FullName);
        }

        _folder.Delete(recursive: true);
    }
}
