using System.Text;
using Keyless.Server.S3;
using Keyless.Server.S3.Configuration;

namespace Fuzz.Targets;

/// <summary>The XML of S3's requests: whatever is accepted is written, and read again, to the same.</summary>
internal sealed class S3Document : Target
{
    public override IEnumerable<string> Seeds =>
    [
        "<WebsiteConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><IndexDocument><Suffix>index.html</Suffix></IndexDocument>"
            + "<ErrorDocument><Key>e</Key></ErrorDocument><RoutingRules><RoutingRule><Condition><KeyPrefixEquals>a</KeyPrefixEquals>"
            + "<HttpErrorCodeReturnedEquals>404</HttpErrorCodeReturnedEquals></Condition><Redirect><HostName>h</HostName>"
            + "<ReplaceKeyPrefixWith>b</ReplaceKeyPrefixWith></Redirect></RoutingRule></RoutingRules></WebsiteConfiguration>",
        "<CORSConfiguration><CORSRule><ID>i</ID><AllowedHeader>*</AllowedHeader><AllowedMethod>GET</AllowedMethod><AllowedOrigin>https://*.o</AllowedOrigin>"
            + "<ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>60</MaxAgeSeconds></CORSRule></CORSConfiguration>",
        "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><RestrictPublicBuckets>FALSE</RestrictPublicBuckets></PublicAccessBlockConfiguration>",
        "<Tagging><TagSet><Tag><Key>k</Key><Value>v &amp; w</Value></Tag></TagSet></Tagging>",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;&#x1;<![CDATA[d]]></a>",
    ];

    public override IEnumerable<string> Words => ["<!DOCTYPE", "<!ENTITY", "<![CDATA[", "]]>", "&#x0;", "&lt;", "<RoutingRule>", "<Condition/>", "<CORSRule>", "<Tag>"];

    public override void Run(string input)
    {
        if (XmlTree.Read(Encoding.UTF8.GetBytes(input)) is not { } tree)
        {
            return;
        }

        if (WebsiteConfiguration.Parse(tree).Succeeds(out var website, out _))
        {
            var stored = S3Xml.Stored(website.Write);
            Promise(Again(stored, WebsiteConfiguration.Parse, out var again) && S3Xml.Stored(again!.Write) == stored, "a website configuration survives storing");
        }

        if (CorsConfiguration.Parse(tree).Succeeds(out var cors, out _))
        {
            var stored = S3Xml.Stored(cors.Write);
            Promise(Again(stored, CorsConfiguration.Parse, out var again) && S3Xml.Stored(again!.Write) == stored, "CORS rules survive storing");
            _ = cors.Match(input, "GET", [input]);
        }

        if (PublicAccessBlock.Parse(tree).Succeeds(out var block, out _))
        {
            Promise(PublicAccessBlock.Decode(block.Encode()) == block, "a public access block survives storing");
        }

        if (TagSet.ParseXml(tree, TagSet.MaxOnBucket).Succeeds(out var tags, out _))
        {
            Promise(TagSet.Decode(tags.Encode()).Tags.SequenceEqual(tags.Tags), "tags survive storing");
        }
    }

    private static bool Again<T>(string stored, Func<XmlTree?, Parsed<T>> parse, out T? value)
    {
        var parsed = parse(XmlTree.Read(Encoding.UTF8.GetBytes(stored)));
        value = parsed.Value;
        return parsed.Error is null;
    }
}
