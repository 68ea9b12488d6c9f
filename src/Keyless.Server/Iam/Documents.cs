using System.Buffers;
using System.Text;
using System.Text.Json;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Parse;
using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam;

/// <summary>Policy documents at IAM's door and on the way out.</summary>
internal static class Documents
{
    public const int MaxLength = 131_072;

    private static readonly string[] StatementOrder =
        ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

    /// <summary>The error that AWS gives for a document; null for one that AWS takes. The reason names the place.</summary>
    /// <param name="managed">A managed policy, which has a size and a version of its own.</param>
    public static AwsError? Fault(string json, PolicyKind kind, bool managed = false)
    {
        return IamVerdict.Of(json, kind, managed) is not { } refusal ? null : new AwsError(refusal.Code, refusal.Code == "LimitExceeded" ? 409 : 400, refusal.Message)
        {
            Reason = refusal.Cause,
            Mend = refusal.Help,
        };
    }

    /// <summary>The size that counts for quotas: without white space.</summary>
    public static int Size(string json) => json.Count(letter => letter is not (' ' or '\t' or '\n' or '\r'));

    /// <summary>As answers carry it: percent-encoded, RFC 3986.</summary>
    public static string Encoded(string json) => Uri.EscapeDataString(json);

    /// <summary>
    /// As IAM gives a stored trust policy back: compact, the members of each statement in their canonical order.
    /// </summary>
    public static string Canonical(StoredPolicy policy)
    {
        using var document = JsonDocument.Parse(policy.Json);
        var output = new ArrayBufferWriter<byte>(policy.Json.Length);
        using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            foreach (var member in document.RootElement.EnumerateObject())
            {
                writer.WritePropertyName(member.Name);
                if (member.NameEquals("Statement"))
                {
                    WriteStatements(writer, member.Value);
                }
                else
                {
                    member.Value.WriteTo(writer);
                }
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static void WriteStatements(Utf8JsonWriter writer, JsonElement statements)
    {
        if (statements.ValueKind != JsonValueKind.Array)
        {
            WriteStatement(writer, statements);
            return;
        }

        writer.WriteStartArray();
        foreach (var statement in statements.EnumerateArray())
        {
            WriteStatement(writer, statement);
        }

        writer.WriteEndArray();
    }

    private static void WriteStatement(Utf8JsonWriter writer, JsonElement statement)
    {
        writer.WriteStartObject();
        foreach (var member in statement.EnumerateObject().OrderBy(member => Array.IndexOf(StatementOrder, member.Name) is var at and >= 0 ? at : int.MaxValue))
        {
            member.WriteTo(writer);
        }

        writer.WriteEndObject();
    }
}
