using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace Keyless.Server.CloudFormation;

/// <summary>
/// One call of the AWS API that a resource needs to become what the template says. Calls are data: a resource type is a pure function
/// from properties to calls, and only <see cref="LocalApi"/> makes them.
/// </summary>
public abstract record ApiCall
{
    private ApiCall()
    {
    }

    /// <summary>The operation, for messages.</summary>
    public abstract string Operation { get; }

    /// <summary>Whether an answer that there is no such thing counts as done: calls that remove.</summary>
    public bool MayBeGone { get; init; }

    /// <summary>A call of the Query protocol, so of IAM.</summary>
    public sealed record Query(string Action, ImmutableArray<KeyValuePair<string, string>> Parameters) : ApiCall
    {
        public override string Operation => Action;
    }

    /// <summary>A call of S3 on a bucket.</summary>
    /// <param name="Subresource"><c>policy</c>, <c>website</c>, ...; null for the bucket itself.</param>
    public sealed record S3(string Name, string Method, string Bucket, string? Subresource, string Body) : ApiCall
    {
        public override string Operation => Name;
    }

    /// <summary>A call for each entry of a list that only the API knows.</summary>
    /// <param name="Then">The call for one <c>member</c> of the answer; null to leave it.</param>
    public sealed record Each(Query List, Func<XElement, Query?> Then) : ApiCall
    {
        public override string Operation => List.Action;
    }

    public static Builder Iam(string action) => new(action);

    public static S3 Get(string name, string bucket, string subresource) => new(name, "GET", bucket, subresource, "");

    public static S3 Put(string name, string bucket, string? subresource, XElement? body = null) =>
        new(name, "PUT", bucket, subresource, body?.ToString(SaveOptions.DisableFormatting) ?? "");

    public static S3 Delete(string name, string bucket, string? subresource) => new(name, "DELETE", bucket, subresource, "") { MayBeGone = true };

    /// <summary>Collects the parameters of a Query call; absent values are left out.</summary>
    public sealed class Builder(string action)
    {
        private readonly ImmutableArray<KeyValuePair<string, string>>.Builder _parameters = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();

        public Builder With(string name, string? value)
        {
            if (value is not null)
            {
                _parameters.Add(new(name, value));
            }

            return this;
        }

        public Builder WithList(string name, IEnumerable<string> values)
        {
            var index = 0;
            foreach (var value in values)
            {
                _parameters.Add(new(string.Create(CultureInfo.InvariantCulture, $"{name}.member.{++index}"), value));
            }

            return this;
        }

        public Builder WithTags(IEnumerable<KeyValuePair<string, string>> tags)
        {
            var index = 0;
            foreach (var tag in tags)
            {
                index++;
                _parameters.Add(new(string.Create(CultureInfo.InvariantCulture, $"Tags.member.{index}.Key"), tag.Key));
                _parameters.Add(new(string.Create(CultureInfo.InvariantCulture, $"Tags.member.{index}.Value"), tag.Value));
            }

            return this;
        }

        public Query Call() => new(action, _parameters.ToImmutable());

        /// <summary>A call that removes: what is gone already is no error.</summary>
        public Query Removal() => Call() with { MayBeGone = true };
    }
}

/// <summary>A form's text, percent-encoded as the AWS SDKs do. RFC 3986 section 2.3.</summary>
internal static class Form
{
    public static string Encode(IEnumerable<KeyValuePair<string, string>> parameters)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in parameters)
        {
            text.Append(text.Length == 0 ? "" : "&").Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
        }

        return text.ToString();
    }
}
