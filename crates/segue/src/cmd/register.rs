//! `segue devices`, `segue retire`

use hospital::Command;
use hospital::register::DeviceView;
use serde_json::json;

use super::Failed;
use crate::config::Config;
use crate::out::Out;
use crate::place::{actor, now, open_node};

pub(super) async fn devices(config: &Config, only: Option<&str>, out: &mut Out) -> Result<(), Failed> {
    let node = open_node(config).await?;
    node.read(|state| {
        let mut show = |device: DeviceView<'_>| {
            out.result(&device.to_device(), || {
                let version = device.software_version().unwrap_or("version not recorded");
                let unit = device.unit().unwrap_or("unit not recorded");
                format!(
                    "{}  {} {}  {version}  {unit}",
                    device.asset_tag(),
                    device.manufacturer(),
                    device.model()
                )
            })
        };
        match only {
            None => state.register().iter().try_for_each(&mut show).map_err(Failed::from),
            Some(tag) => match state.register().by_tag(tag).filter(|device| !device.is_retired()) {
                Some(device) => show(device).map_err(Failed::from),
                None => Err(Failed::Refused(format!("there is no device {tag} in the register"))),
            },
        }
    })
}

pub(super) async fn retire(
    config: &Config,
    asset_tag: &str,
    reason: &str,
    out: &mut Out,
) -> Result<(), Failed> {
    let node = open_node(config).await?;
    let command = Command::RetireDevice { asset_tag: asset_tag.into(), reason: reason.into() };
    let done = node.command(command, &actor(), now()).await.map_err(Failed::from_error)?;
    let value = json!({"retired": asset_tag, "seq": done.seq});
    Ok(out.result(&value, || format!("{asset_tag} has left the register (entry {}).", done.seq))?)
}
