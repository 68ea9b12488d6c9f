namespace Keyless.Language.Policy.Lint;

/// <summary>The six fields of an ARN or ARN pattern; the sixth keeps further colons.</summary>
internal readonly record struct ArnText(string Partition, string Service, string Region, string Account, string Resource)
{
    public static bool TryParse(string text, out ArnText arn)
    {
        var fields = text.Split(':', 6);
        arn = fields.Length == 6 && fields[0] == "arn" ? new ArnText(fields[1], fields[2], fields[3], fields[4], fields[5]) : default;
        return fields.Length == 6 && fields[0] == "arn";
    }

    public override string ToString() => $"arn:{Partition}:{Service}:{Region}:{Account}:{Resource}";
}
