using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;
using Xunit;

namespace Language.Tests.Tree;

public sealed class JsonPointerTests
{
    private const string Stored = """{"Statement":[{"Effect":"Allow","Condition":{"StringEquals":{"host/path:sub":["a","b"]}}}]}""";

    private const string Template = "Statement:\n  Effect: Allow\n  Condition:\n    StringEquals:\n      host/path:sub: [a, b]\n";

    [Theory]
    [InlineData("\"b\"", "/Statement/0/Condition/StringEquals/host~1path:sub/1", 5)]
    [InlineData("\"StringEquals\"", "/Statement/0/Condition/StringEquals", 5)]
    [InlineData("\"Allow\"", "/Statement/0/Effect", 2)]
    [InlineData("{\"Statement", "", 1)]
    public void A_place_in_a_stored_policy_is_found_again_in_its_template(string text, string pointer, int line)
    {
        var stored = JsonReader.Read(new SourceText("stored", Stored)).Root!;
        Assert.Equal(pointer, JsonPointer.At(stored, Stored.IndexOf(text, StringComparison.Ordinal)));
        var template = YamlReader.Read(new SourceText("template", Template)).Root!;
        var found = JsonPointer.Find(template, pointer);
        Assert.Equal(line, template.Source.PositionOf(found.Span.Start).Line);
    }
}
