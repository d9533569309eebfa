namespace Platform.Feed.Posts;

/// <summary>Which part of a profile changed. The values are those of the contract and are stored.</summary>
public enum ProfileChangeKind
{
    NewPosition = 1,
    Promotion = 2,
    Education = 3,
    Certification = 4,
    Skill = 5,
    Project = 6,
    Publication = 7,
    Honor = 8,
    Volunteering = 9,
    Language = 10,
    Headline = 11,
    Photo = 12,
    Location = 13,
    WorkAnniversary = 14,
    Other = 15,
}
