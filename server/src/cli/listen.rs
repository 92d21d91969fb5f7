//! `--listen`: which address is taken, and why one is refused.

use std::io::ErrorKind;
use std::net::SocketAddr;

use tokio::net::TcpListener;

use super::exit::Failure;

/// The address that was asked for. Without `--share` only this machine is listened to.
pub(super) fn address(listen: &str, share: bool) -> Result<SocketAddr, Failure> {
    let written = match listen.strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}"),
        None => listen.to_owned(),
    };
    let address: SocketAddr = written.parse().map_err(|_| {
        let shown: String = listen.chars().take(60).collect();
        Failure::usage(format!("--listen is {shown:?}; write an address and a port, such as 127.0.0.1:3000."))
    })?;
    if address.ip().is_loopback() || share {
        return Ok(address);
    }
    Err(Failure::usage(format!(
        "--listen {address} would open the lab to other machines: add --share to allow that, or listen on \
         127.0.0.1:{}.",
        address.port()
    )))
}

/// Takes the address.
pub(super) async fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        Failure::machine(match error.kind() {
            ErrorKind::AddrInUse => format!(
                "{address} is in use by another program: stop that one, or take a free port with --listen {}:0.",
                bracketed(address)
            ),
            ErrorKind::PermissionDenied => format!(
                "{address} may not be taken by this user: take a port above 1023, such as --listen {}:3000.",
                bracketed(address)
            ),
            _ => format!("{address} cannot be listened on: {error}; try --listen 127.0.0.1:0."),
        })
    })
}

fn bracketed(address: SocketAddr) -> String {
    match address {
        SocketAddr::V4(v4) => v4.ip().to_string(),
        SocketAddr::V6(v6) => format!("[{}]", v6.ip()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_listened_on() {
        for listen in ["127.0.0.1:0", "localhost:3000", "[::1]:3000", "127.0.0.2:3000"] {
            assert!(address(listen, false).is_ok(), "{listen}");
        }
        for listen in
            ["0.0.0.0:3000", "192.168.1.5:3000", "[::]:3000", "3000", "localhost", "example.org:80", ""]
        {
            assert!(address(listen, false).is_err(), "{listen}");
        }
        for listen in ["0.0.0.0:3000", "192.168.1.5:3000", "[::]:3000", "127.0.0.1:0"] {
            assert!(address(listen, true).is_ok(), "{listen}");
        }
    }
}
