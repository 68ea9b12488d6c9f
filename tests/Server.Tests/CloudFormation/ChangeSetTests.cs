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
        var text = new StringBuilder();
        Append(text, "create", Between([], before));
        var stack = Stack(before);
        Append(text, "again", Between(stack, before));
        Append(text, "update", Between(stack, Evaluate("cloudformation/update/after.yaml", stack)));
        Append(text, "remove", Between(stack, Evaluate("cloudformation/update/empty.yaml")));
        Golden.Check("cloudformation/update/calls.out", text.ToString());
    }

    private static ImmutableArray<Change> Between(ImmutableArray<StackResource> stack, EvaluatedTemplate template) =>
        ChangeSet.Between(stack, [], new Dictionary<string, Drift>(), template);

    private static EvaluatedTemplate Evaluate(string file, params ImmutableArray<StackResource> stack)
    {
        var read = TemplateReader.Read(new SourceText(file, TestData.Read(file)));
        Assert.False(read.HasErrors, TextRenderer.Render(read.Diagnostics));
        var evaluated = TemplateEvaluator.Evaluate(read.Template!, new TemplateEnvironment
        {
            AccountId = "123456789012",
            StackName = "s",
            Existing = stack.ToImmutableDictionary(r => r.LogicalId, r => new ExistingResource(r.Type, r.PhysicalId, ChangeSet.Parse(r.Properties))),
        });
        Assert.False(evaluated.HasErrors, TextRenderer.Render(evaluated.Diagnostics));
        return evaluated;
    }

    private static ImmutableArray<StackResource> Stack(EvaluatedTemplate template) =>
        [.. template.Resources.Select(r => new StackResource(r.LogicalId, r.Type.Name, r.PhysicalId, JsonText.Of(r.Properties), r.Definition.DeletionPolicy != DeletionPolicy.Delete))];

    private static void Append(StringBuilder text, string title, ImmutableArray<Change> changes)
    {
        text.Append("## ").Append(title).Append('\n');
        foreach (var change in changes)
        {
            text.Append(change.Kind).Append(' ').Append(change.LogicalId).Append(' ').Append(change.PhysicalId).Append(' ').AppendJoin(',', change.Properties).Append('\n');
            var calls = change switch
            {
                { After: not null } => StackUpdate.Calls(change),
                { Kind: ChangeKind.Delete } => ResourceCalls.ByType[change.Type].Delete(change.PhysicalId, ChangeSet.Parse(change.Before!.Properties)),
                _ => [],
            };
            foreach (var call in calls)
            {
                text.Append("    ").Append(call switch
                {
                    ApiCall.Query query => Shown(query),
                    ApiCall.Each each => $"each of {Shown(each.List)}",
                    ApiCall.S3 s3 => $"{s3.Name}: {s3.Method} /{s3.Bucket}{(s3.Subresource is null ? "" : "?" + s3.Subresource)} {s3.Body}",
                    _ => "?",
                }).Append('\n');
            }
        }
    }

    private static string Shown(ApiCall.Query query) => $"{query.Action} {string.Join(' ', query.Parameters.Select(p => $"{p.Key}={p.Value}"))}";
}
