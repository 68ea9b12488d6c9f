using System.Collections.Immutable;
using System.Text;
using Keyless.Language.CloudFormation;
using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;
using Keyless.Tests;
using Xunit;

namespace Language.Tests.CloudFormation;

public sealed class TemplateTests
{
    public static IEnumerable<TheoryDataRow<string>> Good() => TestData.Files("cloudformation/ok", "*.*").Where(f => !f.EndsWith(".out", StringComparison.Ordinal)).Select(f => new TheoryDataRow<string>(f));

    public static IEnumerable<TheoryDataRow<string>> Bad() => TestData.Files("cloudformation/err", "*.*").Where(f => !f.EndsWith(".out", StringComparison.Ordinal)).Select(f => new TheoryDataRow<string>(f));

    [Theory]
    [MemberData(nameof(Good))]
    public void A_template_evaluates_to_resources_in_the_order_they_need(string file)
    {
        var evaluated = Evaluate(file);
        Assert.False(evaluated.HasErrors, TextRenderer.Render(evaluated.Diagnostics));
        Golden.Check(file + ".out", Render(evaluated) + TextRenderer.Render(evaluated.Diagnostics));
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_template_with_a_mistake_is_explained_with_its_place(string file)
    {
        var read = Read(file);
        var diagnostics = read.IsWhole ? [.. read.Diagnostics, .. TemplateEvaluator.Evaluate(read.Template!, Environment).Diagnostics] : read.Diagnostics;
        Assert.Contains(diagnostics, d => d.Severity == Severity.Error);
        Golden.Check(file + ".out", TextRenderer.Render(diagnostics));
    }

    [Fact]
    public void A_parameter_given_beats_its_default()
    {
        var read = TemplateReader.Read(new SourceText("t.yaml", "Parameters: {Name: {Type: String, Default: a}}\nResources: {B: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Ref Name}}}"));
        var evaluated = TemplateEvaluator.Evaluate(read.Template!, Environment with { Parameters = ImmutableDictionary<string, string>.Empty.Add("Name", "given") });
        Assert.Equal("given", Assert.Single(evaluated.Resources).PhysicalId);
    }

    [Fact]
    public void A_value_for_a_parameter_that_is_not_there_is_refused()
    {
        var read = TemplateReader.Read(new SourceText("t.yaml", "Parameters: {Branch: {Type: String}}\nResources: {}"));
        var evaluated = TemplateEvaluator.Evaluate(read.Template!, Environment with { Parameters = ImmutableDictionary<string, string>.Empty.Add("Brnch", "main") });
        Assert.Equal("did you mean `Branch`?", evaluated.Diagnostics[0].Help);
    }

    [Fact]
    public void A_policy_of_a_template_keeps_its_place_in_the_template()
    {
        var evaluated = Evaluate("cloudformation/ok/static-site.yaml");
        var policies = TemplatePolicies.Of(evaluated);
        Assert.Equal(["DeployRole", "DeployRole/publish", "SitePolicy"], policies.Select(p => p.Title));
        var trust = Assert.IsType<MappingNode>(policies[0].Document);
        Assert.Equal(32, trust.Source.PositionOf(trust["Statement"]!.Span.Start).Line);
    }

    [Fact]
    public void A_linter_may_read_a_template_without_its_parameters()
    {
        var read = TemplateReader.Read(new SourceText("t.yaml", "Parameters: {Name: {Type: String}}\nResources: {B: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Sub 'x-${Name}'}}}"));
        var evaluated = TemplateEvaluator.Evaluate(read.Template!, Environment with { AllowMissingParameters = true });
        Assert.Empty(evaluated.Diagnostics);
        Assert.Equal("x-Name", Assert.Single(evaluated.Resources).PhysicalId);
    }

    private static TemplateEnvironment Environment => new() { AccountId = "123456789012", StackName = "site" };

    private static TemplateReadResult Read(string file) => TemplateReader.Read(new SourceText(Path.GetFileName(file), TestData.Read(file)));

    private static EvaluatedTemplate Evaluate(string file)
    {
        var read = Read(file);
        Assert.False(read.HasErrors, TextRenderer.Render(read.Diagnostics));
        return TemplateEvaluator.Evaluate(read.Template!, Environment);
    }

    private static string Render(EvaluatedTemplate evaluated)
    {
        var text = new StringBuilder();
        foreach (var resource in evaluated.Resources)
        {
            text.Append(resource.LogicalId).Append(' ').Append(resource.Type.Name).Append(' ').Append(resource.PhysicalId).Append("\n  ").Append(JsonText.Of(resource.Properties)).Append('\n');
        }

        foreach (var output in evaluated.Outputs)
        {
            text.Append("output ").Append(output.Key).Append(" = ").Append(output.Value).Append('\n');
        }

        return text.ToString();
    }
}
