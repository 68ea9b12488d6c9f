using System.Text;
using Keyless.Server.Aws;

namespace Fuzz.Targets;

/// <summary><see cref="QueryParameters"/>: either a fault or parameters that can all be asked for.</summary>
internal sealed class QueryForm : Target
{
    public override IEnumerable<string> Seeds =>
    [
        "Action=CreateRole&Version=2010-05-08&RoleName=deploy&Tags.member.1.Key=a&Tags.member.1.Value=b+c",
        "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&PolicyArns.member.1.arn=arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2FReadOnly&Policy=%7B%7D",
        "a=%C3%A9&=&b&&c==",
    ];

    public override IEnumerable<string> Words => ["%", "%2", "%ff", "&", "=", "+", ".member.1", ".member.99999999999", "Tags"];

    public override void Run(string input)
    {
        var parameters = QueryParameters.Parse(Encoding.UTF8.GetBytes(input), out var fault);
        Promise(parameters is null == fault is not null, "there are parameters, or a fault");
        if (parameters is null)
        {
            return;
        }

        foreach (var (name, _) in parameters.All())
        {
            Promise(Encoding.UTF8.GetByteCount(name) > 256 || parameters.Text(name) is not null, "a parameter that is there is found");
            _ = parameters.List(name);
            _ = parameters.Has(Encoding.UTF8.GetBytes(name));
        }

        var check = new Constraints(parameters);
        _ = check.Tags("Tags");
        _ = check.Number("DurationSeconds", 900, 43200, 3600);
        _ = check.Required("RoleName", 1, 64, ParameterPattern.Name);
        _ = check.Error;
    }
}
