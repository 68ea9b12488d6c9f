using Keyless.Language.Policy.Lint.Knowledge;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint;

/// <summary>Compares resource patterns with the forms of resources that actions work on.</summary>
internal static class ResourceFit
{
    /// <summary>The resource types that an ARN pattern's last field fits; empty when the service is not known.</summary>
    public static IReadOnlyList<ResourceType> TypesOf(ArnText arn)
    {
        if (Services.Find(arn.Service) is not { } service)
        {
            return [];
        }

        var shape = Shape(arn.Resource);
        return [.. service.Types.Where(t => t.Shape.Meets(shape))];
    }

    /// <summary>Whether a resource pattern can match something that an action works on.</summary>
    public static bool Fits(string resource, ServiceAction action)
    {
        if (Glob.IsFree(resource))
        {
            return true;
        }

        if (action.TakesNoResource || !ArnText.TryParse(resource, out var arn))
        {
            return false;
        }

        var shape = Shape(arn.Resource);
        return action.Types.Any(t => t.Shape.Meets(shape) && Fits(t.Region, arn.Region) && Fits(t.Account, arn.Account));
    }

    /// <summary>A variable may become any text.</summary>
    private static TextShape Shape(string resource) =>
        TextShape.OfPattern(resource.Contains("${", StringComparison.Ordinal) ? WithVariablesFree(resource) : resource, wildcards: true);

    private static string WithVariablesFree(string text)
    {
        while (text.IndexOf("${", StringComparison.Ordinal) is var start and >= 0)
        {
            var end = text.IndexOf('}', start);
            text = end < 0 ? $"{text[..start]}*" : $"{text[..start]}*{text[(end + 1)..]}";
        }

        return text;
    }

    private static bool Fits(FieldUse use, string field) => use switch
    {
        FieldUse.Empty => field.Length == 0 || Glob.IsFree(field),
        FieldUse.Filled => field.Length > 0,
        _ => true,
    };
}
