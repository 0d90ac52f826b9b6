//! XML.

use adapter_settings::Kind;

use crate::{clean, lines, refused};

fn told(text: &str) -> Vec<String> {
    lines(&clean(Kind::Xml, text.as_bytes()))
}

#[test]
fn elements_and_attributes_stand_at_their_paths_and_named_ones_by_their_name() {
    let file = "<?xml version=\"1.0\"?>\n<!-- pacs -->\n<configuration>\n <appSettings>\n  <add key=\"Port\" value=\"104\"/>\n  <add value=\"hunter2\" key=\"DbPassword\"/>\n </appSettings>\n <aet>A</aet><aet>B &amp; &#67;</aet>\n <node><x>1</x></node><node><x>2</x></node>\n <empty/>\n mixed <!-- x --> text <b/>\n</configuration>";
    assert_eq!(
        told(file),
        [
            "/configuration/#text List([Text(\"\\n mixed  text \")])",
            "/configuration/aet Repeated([Text(\"A\"), Text(\"B & C\")])",
            "/configuration/appSettings/add/key=DbPassword/@key secret",
            "/configuration/appSettings/add/key=DbPassword/@value secret",
            "/configuration/appSettings/add/key=Port/@key \"Port\"",
            "/configuration/appSettings/add/key=Port/@value \"104\"",
            "/configuration/b Empty",
            "/configuration/empty Empty",
            "/configuration/node/x \"1\"",
            "/configuration/node[2]/x \"2\"",
        ]
    );
}

#[test]
fn what_xml_says_is_the_same_is_the_same() {
    let plain = clean(Kind::Xml, br#"<c xmlns="u:1"><a x="1" y="&lt;"/><t>a b</t><e></e></c>"#);
    let other =
        "<p:c\r\n xmlns:p='u:1'><p:a y='&#60;' x='1'></p:a><!-- --><p:t><![CDATA[a]]> b</p:t><p:e/></p:c>";
    assert_eq!(clean(Kind::Xml, other.as_bytes()), plain);
    for different in [
        r#"<c xmlns="u:2"><a x="1" y="&lt;"/><t>a b</t><e></e></c>"#,
        r#"<c xmlns="u:1"><a x="1" y="&lt;"/><t>a  b</t><e></e></c>"#,
        r#"<c xmlns="u:1"><a x="1" y="&lt;"/><t>a b</t></c>"#,
        r#"<c xmlns="u:1"><a x="1" y="&lt;"/><t>a b</t><e/><e/></c>"#,
    ] {
        assert_ne!(clean(Kind::Xml, different.as_bytes()).entries(), plain.entries(), "{different}");
    }
}

#[test]
fn nothing_expands_and_what_is_not_well_formed_is_refused_with_its_line() {
    for (file, says) in [
        ("<!DOCTYPE a [<!ENTITY b \"bbbb\">]>\n<a>&b;</a>", "a document type stands here"),
        ("<a>\n&b;</a>", "row 2: this reference is not known"),
        ("<a x=\"&b;\"/>", "row 1"),
        ("<a>&#0;</a>", "reference"),
        ("<a>\n<b></a>", "row 2"),
        ("<a><b></b>", "it was cut off"),
        ("<a/><b/>", "a second element"),
        ("<a/>x", "text stands outside"),
        ("<a x='1' x='2'/>", "row 1"),
        ("<p:a/>", "the prefix p belongs to no namespace"),
        ("", "has no element"),
    ] {
        let told = refused(Kind::Xml, file.as_bytes());
        assert!(told.contains(says), "{file}: {told}");
    }
    let wide: String = (0..300).map(|at| format!(" a{at}=''")).collect();
    assert!(refused(Kind::Xml, format!("<a{wide}/>").as_bytes()).contains("too many attributes"));
    let deep = "<a>".repeat(200);
    assert!(refused(Kind::Xml, deep.as_bytes()).contains("nested too deeply"));
}
