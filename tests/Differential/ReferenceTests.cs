using System.Text.Json.Nodes;
using CsCheck;
using Differential.Reference;
using Keyless.Tests;
using Xunit;

namespace Differential;

public sealed class ReferenceTests
{
    [Fact]
    public void The_reference_itself_decides_the_corpus_as_recorded()
    {
        var wrong = from line in File.ReadLines(TestData.PathOf("policy/authorize.jsonl"))
                    let @case = JsonNode.Parse(line)!
                    where (bool?)@case["scored"] != false
                    let got = new ReferenceAuthorizer(@case["request"]!, @case["policies"]!).Decide()
                    let expected = (string)@case["expect"]!["decision"]!
                    where got != expected
                    select $"{@case["id"]}: {got}, expected {expected}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void The_evaluator_agrees_with_the_reference_on_generated_cases() =>
        Generators.Case.Sample(
            @case =>
            {
                var expected = new ReferenceAuthorizer(@case["request"]!, @case["policies"]!).Decide();
                var got = Cases.Decide(@case);
                return got == expected ? true : throw new InvalidOperationException($"{got}, the reference says {expected}");
            },
            iter: 5_000,
            print: c => c.ToJsonString());
}
