//! The advisories of the filled hospital: eight, one of them in two revisions, every kind of statement among them.

use model::advisory::{
    Advisory, AdvisoryKey, AdvisoryStatus, Product, ProductStatus, Remedy, Score, VersionText, Vulnerability,
};

pub(crate) fn product(id: &str, vendor: &str, name: &str, version: Option<VersionText>) -> Product {
    let text = version.as_ref().map_or("", VersionText::text);
    Product {
        id: id.into(),
        full_name: format!("{vendor} {name} {text}").trim().into(),
        vendor: Some(vendor.into()),
        name: Some(name.into()),
        version,
        ..Product::default()
    }
}

pub(crate) fn range(text: &str) -> Option<VersionText> {
    Some(VersionText::Range(text.into()))
}

pub(crate) fn exactly(text: &str) -> Option<VersionText> {
    Some(VersionText::Version(text.into()))
}

pub(crate) fn remedy(category: &str, details: &str, products: &[&str]) -> Remedy {
    Remedy {
        category: category.into(),
        details: details.into(),
        products: products.iter().map(|id| Box::from(*id)).collect(),
        ..Remedy::default()
    }
}

pub(crate) fn vulnerability(
    cve: &str,
    base_tenths: Option<u8>,
    status: ProductStatus,
    products: &[&str],
) -> Vulnerability {
    let ids: Vec<Box<str>> = products.iter().map(|id| Box::from(*id)).collect();
    let score = |base_tenths| Score {
        version: "3.1".into(),
        vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H".into(),
        base_tenths,
        products: ids.clone(),
    };
    Vulnerability {
        cve: Some(cve.into()),
        notes: vec![format!("What {cve} is, in the publisher's words.").into()],
        scores: base_tenths.map(score).into_iter().collect(),
        statuses: vec![(status, ids)],
        ..Vulnerability::default()
    }
}

/// What stands for the document of a revision.
pub(crate) fn document(tracking_id: &str, version: &str) -> Vec<u8> {
    format!("the document of {tracking_id}, revision {version}").into_bytes()
}

/// One revision of an advisory of the Filled Sample CERT.
pub(crate) fn advisory(
    number: u32,
    version: &str,
    released: &str,
    title: &str,
    products: Vec<Product>,
    vulnerabilities: Vec<Vulnerability>,
) -> Advisory {
    let tracking_id = format!("FILL-2026-{number:03}");
    Advisory {
        document_sha256: journal::Hash::of(&document(&tracking_id, version)).to_string().into(),
        key: AdvisoryKey {
            namespace: "https://cert.example".into(),
            tracking_id: tracking_id.clone().into(),
        },
        version: version.into(),
        status: AdvisoryStatus::Final,
        released: released.into(),
        first_released: "2026-09-01T08:00:00Z".into(),
        title: title.into(),
        publisher: "Filled Sample CERT".into(),
        category: "csaf_security_advisory".into(),
        tlp: Some("WHITE".into()),
        url: Some(format!("https://cert.example/{tracking_id}.json").into()),
        products,
        vulnerabilities,
        document_bytes: 4_096,
        remarks: Vec::new(),
        provenance: None,
    }
}

const BRATTVIK: &str = "Brattvik Monitoring AS";
const OSKARSRO: &str = "Oskarsro Imaging AB";
const TALLMARK: &str = "Tallmark Infusion GmbH";

/// Eight advisories; 003 in its first revision.
pub(crate) fn advisories() -> Vec<Advisory> {
    use ProductStatus::{Fixed, KnownAffected, KnownNotAffected, UnderInvestigation};
    let fixed_in = |mut known: Vulnerability, text: &str, products: &[&str]| {
        known.remedies = vec![
            remedy("vendor_fix", text, products),
            remedy("mitigation", "Keep it in a segment of its own.", products),
        ];
        known
    };
    vec![
        advisory(
            1,
            "1",
            "2026-10-02T08:00:00Z",
            "Brattvik Skans 40: sign-in can be left out",
            vec![product("P1", BRATTVIK, "Skans 40", range("< 4.2.1"))],
            vec![fixed_in(
                vulnerability("CVE-2099-50001", Some(98), KnownAffected, &["P1"]),
                "Update to version 4.2.1 or later.",
                &["P1"],
            )],
        ),
        advisory(
            2,
            "1",
            "2026-10-05T08:00:00Z",
            "Brattvik Skans Central: files can be written",
            vec![
                product("P1", BRATTVIK, "Skans Central", exactly("2.0")),
                product("P2", BRATTVIK, "Skans Central", exactly("2.1")),
            ],
            vec![fixed_in(
                vulnerability("CVE-2099-50002", Some(81), KnownAffected, &["P1", "P2"]),
                "Ask the maker for the update.",
                &["P1", "P2"],
            )],
        ),
        advisory(
            3,
            "1",
            "2026-10-09T08:00:00Z",
            "Oskarsro Linje PACS: images can be read by anybody",
            vec![product("P1", OSKARSRO, "Linje PACS", range("< 8.4"))],
            vec![vulnerability("CVE-2099-50003", Some(75), KnownAffected, &["P1"])],
        ),
        advisory(
            4,
            "1",
            "2026-10-12T08:00:00Z",
            "Tallmark Droppe 3: rate can be changed from the network",
            vec![product("P1", TALLMARK, "Droppe 3", range(">= 2.0, < 3.1.2"))],
            vec![fixed_in(
                vulnerability("CVE-2099-50006", Some(90), KnownAffected, &["P1"]),
                "Update to 3.1.2.",
                &["P1"],
            )],
        ),
        advisory(
            5,
            "1",
            "2026-11-02T08:00:00Z",
            "Fjordlys Pust V5: being looked into",
            vec![product("P1", "Fjordlys Medical Oy", "Pust V5", None)],
            vec![vulnerability("CVE-2099-50007", None, UnderInvestigation, &["P1"])],
        ),
        advisory(
            6,
            "1",
            "2026-11-03T08:00:00Z",
            "Tallmark Droppe 3: built-in password",
            vec![product("P1", TALLMARK, "Droppe 3", range("vers:all/*"))],
            vec![{
                let mut known = vulnerability("CVE-2099-50008", Some(65), KnownAffected, &["P1"]);
                known.remedies = vec![remedy("no_fix_planned", "The maker plans no fix.", &["P1"])];
                known
            }],
        ),
        advisory(
            7,
            "2",
            "2026-11-19T08:00:00Z",
            "Library in several products of Brattvik",
            vec![
                product("P1", BRATTVIK, "Skans 40", None),
                product("P2", BRATTVIK, "Skans Central", exactly("2.4")),
                product("P3", BRATTVIK, "Skans Central", range("< 2.4")),
            ],
            vec![{
                let mut known = vulnerability("CVE-2099-50009", Some(59), KnownAffected, &["P3"]);
                known.statuses.push((KnownNotAffected, vec!["P1".into()]));
                known.statuses.push((Fixed, vec!["P2".into()]));
                known
            }],
        ),
        advisory(
            8,
            "1",
            "2026-11-20T08:00:00Z",
            "Oskarsro Linje Viewer: memory can be read",
            vec![product("P1", OSKARSRO, "Linje Viewer Pro", range("< 6.0"))],
            vec![vulnerability("CVE-2099-50010", Some(43), KnownAffected, &["P1"])],
        ),
    ]
}

/// The second revision of 003: one vulnerability more, and two CVEs that nothing ranks.
pub(crate) fn newer_revisions() -> Vec<Advisory> {
    use ProductStatus::KnownAffected;
    let mut rewritten = vulnerability("CVE-2099-50003", Some(81), KnownAffected, &["P1"]);
    rewritten.remedies = vec![remedy("vendor_fix", "Version 8.4 holds the fix.", &["P1"])];
    vec![advisory(
        3,
        "2",
        "2026-11-18T08:00:00Z",
        "Oskarsro Linje PACS: images can be read and changed by anybody",
        vec![product("P1", OSKARSRO, "Linje PACS", range("< 8.4"))],
        vec![
            rewritten,
            vulnerability("CVE-2099-50004", Some(88), KnownAffected, &["P1"]),
            vulnerability("CVE-2099-50005", None, KnownAffected, &["P1"]),
        ],
    )]
}
