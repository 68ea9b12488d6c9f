using System.Text;
using System.Text.Json;
using Keyless.Language.Workflow.Expressions;
using Keyless.Tests;
using Xunit;

namespace Language.Tests.Workflow;

/// <summary>Reads the cases under <c>testdata/workflow</c> and compares values with them.</summary>
internal static class Corpus
{
    public static IEnumerable<JsonElement> Read(string file) =>
        File.ReadLines(TestData.PathOf("workflow/" + file)).Where(line => line.Length > 0).Select(line => JsonDocument.Parse(line).RootElement);

    /// <summary>Runs every case of a file and fails with all that differ, not with the first.</summary>
    public static void All(string file, Func<JsonElement, string?> check, int atLeast)
    {
        var wrong = new StringBuilder();
        var (count, failed) = (0, 0);
        foreach (var row in Read(file))
        {
            count++;
            string? problem;
            try
            {
                problem = check(row);
            }
            catch (Exception e)
            {
                problem = e.ToString();
            }

            if (problem is not null)
            {
                failed++;
                wrong.Append(row.GetProperty("id").GetString()).Append(": ").AppendLine(problem);
            }
        }

        Assert.True(failed == 0, $"{failed} of {count} cases differ\n{wrong}");
        Assert.True(count >= atLeast, $"{file} has only {count} cases");
    }

    public static Value ToValue(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => json.GetString()!,
        JsonValueKind.Number => json.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Array => new ArrayValue([.. json.EnumerateArray().Select(ToValue)]),
        JsonValueKind.Object => ToObject(json),
        _ => Value.Null,
    };

    public static ObjectValue ToObject(JsonElement json)
    {
        var members = new ObjectValue();
        foreach (var member in json.EnumerateObject())
        {
            members[member.Name] = ToValue(member.Value);
        }

        return members;
    }

    /// <summary>Whether a value is what the case says; numbers that JSON lacks stand as texts there.</summary>
    public static bool Same(Value value, JsonElement expected) => (value.Kind, expected.ValueKind) switch
    {
        (ValueKind.Null, JsonValueKind.Null) => true,
        (ValueKind.Boolean, JsonValueKind.True) => value.IsTruthy,
        (ValueKind.Boolean, JsonValueKind.False) => !value.IsTruthy,
        (ValueKind.Number, JsonValueKind.Number) => value.ToNumber().Equals(expected.GetDouble()) || value.ToNumber() == expected.GetDouble(),
        (ValueKind.Number, JsonValueKind.String) => value.ToText() == expected.GetString(),
        (ValueKind.String, JsonValueKind.String) => value.AsString == expected.GetString(),
        (ValueKind.Array, JsonValueKind.Array) => value.AsArray!.Items is var items && items.Count == expected.GetArrayLength()
            && items.Zip(expected.EnumerateArray(), Same).All(same => same),
        (ValueKind.Object, JsonValueKind.Object) => value.AsObject!.Members is var members && members.Count == expected.EnumerateObject().Count()
            && members.Zip(expected.EnumerateObject(), (m, e) => m.Key == e.Name && Same(m.Value, e.Value)).All(same => same),
        _ => false,
    };
}
