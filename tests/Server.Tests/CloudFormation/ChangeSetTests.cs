using System.Collections.Immutable;
using System.Text;
using Keyless.Language.CloudFormation;
using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;
using Keyless.Server.CloudFormation;
using Keyless.Server.Storage;
using Keyless.Tests;
using Xunit;

namespace Server.Tests.CloudFormation;

public sealed class ChangeSetTests
{
    [Fact]
    public void Every_resource_type_that_templates_may_have_is_made_of_calls() =>
        Assert.Equal(ResourceTypes.ByName.Keys.Order(StringComparer.Ordinal), ResourceCalls.ByType.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Creating_changing_and_removing_are_lists_of_calls()
    {
        var before = Evaluate("cloudformation/update/before.yaml");
        var after = Evaluate("cloudformation/update/after.yaml");
        var text = new StringBuilder();
        Append(text, "create", ChangeSet.Between([], before));
        var stack = Stack(before);
        Append(text, "again", ChangeSet.Between(stack, before));
        Append(text, "update", ChangeSet.Between(stack, after));
        Append(text, "remove", ChangeSet.Between(stack, Evaluate("cloudformation/update/empty.yaml")));
        Golden.Check("cloudformation/update/calls.out", text.ToString());
    }

    private static EvaluatedTemplate Evaluate(string file)
    {
        var read = TemplateReader.Read(new SourceText(file, TestData.Read(file)));
        Assert.False(read.HasErrors, TextRenderer.Render(read.Diagnostics));
        var evaluated = TemplateEvaluator.Evaluate(read.Template!, new TemplateEnvironment { AccountId = "123456789012", StackName = "s" });
        Assert.False(evaluated.HasErrors, TextRenderer.Render(evaluated.Diagnostics));
        return evaluated;
    }

    private static ImmutableArray<StackResource> Stack(EvaluatedTemplate template) =>
        [.. template.Resources.Select(r => new StackResource(r.LogicalId, r.Type.Name, r.PhysicalId, JsonText.Of(r.Properties), r.Definition.RetainOnDelete, 1))];

    private static void Append(StringBuilder text, string title, ImmutableArray<Change> changes)
    {
        text.Append("## ").Append(title).Append('\n');
        foreach (var step in Stacks.Steps(changes))
        {
            text.Append(step.Kind).Append(' ').Append(step.LogicalId).Append(' ').Append(step.PhysicalId).Append(' ').AppendJoin(',', step.Properties).Append('\n');
            foreach (var call in Stacks.Calls(step))
            {
                text.Append("    ").Append(call switch
                {
                    ApiCall.Query query => $"{query.Action} {string.Join(' ', query.Parameters.Select(p => $"{p.Key}={p.Value}"))}",
                    ApiCall.S3 s3 => $"{s3.Name}: {s3.Method} /{s3.Bucket}{(s3.Subresource is null ? "" : "?" + s3.Subresource)} {s3.Body}",
                    _ => "?",
                }).Append('\n');
            }
        }
    }
}
