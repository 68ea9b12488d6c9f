using Keyless.Server.Aws;

namespace Keyless.Server.S3.Configuration;

/// <summary>The four Block Public Access settings. S3 User Guide, "Blocking public access to your Amazon S3 storage".</summary>
public sealed record PublicAccessBlock(bool BlockPublicAcls, bool IgnorePublicAcls, bool BlockPublicPolicy, bool RestrictPublicBuckets)
{
    /// <summary>What a new bucket has since April 2023.</summary>
    public static readonly PublicAccessBlock All = new(true, true, true, true);

    /// <summary>What holds after DeletePublicAccessBlock.</summary>
    public static readonly PublicAccessBlock None = new(false, false, false, false);

    public static Parsed<PublicAccessBlock> Parse(XmlTree? tree)
    {
        if (tree is not { Name: "PublicAccessBlockConfiguration" }
            || !tree.HasOnly("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"))
        {
            return S3Errors.MalformedXml("expected `<PublicAccessBlockConfiguration>` with the four settings", tree);
        }

        var block = None;
        foreach (var child in tree.Children)
        {
            bool? value = child.Text.Trim() switch
            {
                "true" or "TRUE" => true,
                "false" or "FALSE" => false,
                _ => null,
            };
            if (value is not { } set)
            {
                return S3Errors.MalformedXml($"`<{child.Name}>` is `true` or `false`, not `{child.Text}`");
            }

            block = child.Name switch
            {
                "BlockPublicAcls" => block with { BlockPublicAcls = set },
                "IgnorePublicAcls" => block with { IgnorePublicAcls = set },
                "BlockPublicPolicy" => block with { BlockPublicPolicy = set },
                _ => block with { RestrictPublicBuckets = set },
            };
        }

        return block;
    }

    internal void Write(XmlOut xml) => xml
        .Open("PublicAccessBlockConfiguration", S3Xml.Namespace)
        .Element("BlockPublicAcls", BlockPublicAcls)
        .Element("IgnorePublicAcls", IgnorePublicAcls)
        .Element("BlockPublicPolicy", BlockPublicPolicy)
        .Element("RestrictPublicBuckets", RestrictPublicBuckets)
        .Close("PublicAccessBlockConfiguration");

    /// <summary>The command that lets a bucket have a public policy, and everyone come in by it; the settings about ACLs stay.</summary>
    public string CommandThatAllowsPolicies(string bucket) =>
        $"aws s3api put-public-access-block --bucket {bucket} --public-access-block-configuration "
        + $"BlockPublicAcls={Word(BlockPublicAcls)},IgnorePublicAcls={Word(IgnorePublicAcls)},BlockPublicPolicy=false,RestrictPublicBuckets=false";

    private static string Word(bool setting) => setting ? "true" : "false";

    /// <summary>The stored form: one letter for each setting that is on.</summary>
    public string Encode() =>
        (BlockPublicAcls ? "a" : "") + (IgnorePublicAcls ? "i" : "") + (BlockPublicPolicy ? "p" : "") + (RestrictPublicBuckets ? "r" : "");

    public static PublicAccessBlock Decode(string text) =>
        new(text.Contains('a'), text.Contains('i'), text.Contains('p'), text.Contains('r'));
}
