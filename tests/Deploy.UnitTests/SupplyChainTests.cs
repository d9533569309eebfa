using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Platform.Tests.Deploy;

/// <summary>What the images are made of is written down: which packages, under which licences, on which base.</summary>
public sealed partial class SupplyChainTests
{
    /// <summary>What may be shipped without asking; another licence is a decision (docs/adr/0002-dependencies.md).</summary>
    private static readonly string[] Accepted = ["Apache-2.0", "BSD-3-Clause", "MIT"];

    private const string List = "docs/third-party.md";

    private static readonly string[] Shipped =
    [
        "services/connections",
        "services/follows",
        "services/messaging",
        "services/feed",
        "gateway",
    ];

    [Fact]
    public void Projects_Packages_AreLocked() =>
        Assert.All(
            Repository.Files(".", "*.csproj"),
            project =>
            {
                var path = Path.Combine(
                    Repository.Root,
                    Path.GetDirectoryName(project)!,
                    "packages.lock.json"
                );
                Assert.True(
                    File.Exists(path),
                    $"{project} has no lock file: dotnet restore makes it"
                );
            }
        );

    [Fact]
    public void Images_AreBuiltOnWholeVersions()
    {
        var bases = BaseImage().Matches(Repository.Read("deploy/docker/Dockerfile"));

        Assert.Equal(2, bases.Count);
        Assert.All(
            bases,
            image =>
                Assert.Matches(@"^\d+\.\d+\.\d+(@sha256:[0-9a-f]{64})?$", image.Groups[1].Value)
        );
    }

    [Fact]
    public void Packages_OfImages_AreListedWithALicenceThatIsAccepted()
    {
        var packages = Shipped
            .SelectMany(folder => Packages(folder).Select(package => (package, folder)))
            .GroupBy(item => item.package, item => Path.GetFileName(item.folder))
            .OrderBy(group => group.Key.Name, StringComparer.OrdinalIgnoreCase)
            .ThenBy(group => group.Key.Version, StringComparer.Ordinal)
            .Select(group => (group.Key, Licence: Licence(group.Key), Images: group.ToList()))
            .ToList();

        Assert.NotEmpty(packages);
        Assert.All(packages, item => Assert.Contains(item.Licence, Accepted));
        var rows = packages.Select(item =>
            $"| {item.Key.Name} | {item.Key.Version} | {item.Licence} | {(item.Images.Count == Shipped.Length ? "all" : string.Join(", ", item.Images))} |"
        );
        var page = string.Join(
            '\n',
            [
                "# What the images have of others",
                "",
                "Packages of NuGet in the images, out of the lock files; the runtime below them is the base image's. Written by",
                "`UPDATE_DOCS=1 dotnet test tests/Deploy.UnitTests --filter SupplyChainTests`.",
                "",
                "| package | version | licence | images |",
                "| --- | --- | --- | --- |",
                .. rows,
                "",
            ]
        );
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            File.WriteAllText(Path.Combine(Repository.Root, List), page);
        }
        Assert.Equal(page, Repository.Read(List));
    }

    private static IEnumerable<(string Name, string Version)> Packages(string folder)
    {
        using var file = JsonDocument.Parse(Repository.Read($"{folder}/packages.lock.json"));
        return
        [
            .. file
                .RootElement.GetProperty("dependencies")
                .GetProperty("net10.0")
                .EnumerateObject()
                .Where(package => package.Value.GetProperty("type").GetString() != "Project")
                .Select(package =>
                    (package.Name, package.Value.GetProperty("resolved").GetString()!)
                ),
        ];
    }

    /// <summary>The expression that the package itself names, out of the restored package.</summary>
    private static string Licence((string Name, string Version) package)
    {
        var folder =
            Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(
                Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
                ".nuget",
                "packages"
            );
        var name = package.Name.ToLowerInvariant();
        var path = Path.Combine(folder, name, package.Version, $"{name}.nuspec");
        Assert.SkipUnless(
            File.Exists(path),
            $"{package.Name} {package.Version} is not restored: dotnet restore Platform.sln"
        );
        var licence = XDocument
            .Load(path)
            .Descendants()
            .FirstOrDefault(element => element.Name.LocalName == "license");
        return licence?.Attribute("type")?.Value == "expression"
            ? licence.Value
            : $"{package.Name} names no licence by its expression";
    }

    [GeneratedRegex(@"^ARG \w+_IMAGE=[^\s:]+:(\S+)$", RegexOptions.Multiline)]
    private static partial Regex BaseImage();
}
