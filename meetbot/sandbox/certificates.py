"""Certificates made on the fly: an authority that a client can trust, and servers that show good or bad ones."""

import ssl
import warnings
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

# Certificates are judged by the client's own clock, not by the sandbox's: valid from long ago and for a long time.
_BEGINS = datetime(2020, 1, 1, tzinfo=UTC)
_LONG = timedelta(days=36500)


class Authority:
    """Signs certificates for 127.0.0.1 and localhost; `ca_file` is what a client must trust."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("meetbot sandbox authority")
        self._contexts: dict[str, ssl.SSLContext] = {}
        self.ca_file = folder / "ca.pem"
        self.ca_file.write_bytes(self._signed(self._name, self._key, self._key, names=[], authority=True))

    def context(self, kind: str = "good") -> ssl.SSLContext:
        """The server side of TLS: `good`, `expired`, `wrong-name`, `self-signed` or `old-tls`."""
        if kind not in self._contexts:
            self._contexts[kind] = self._made(kind)
        return self._contexts[kind]

    def _made(self, kind: str) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        names: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
        written = self._signed(
            _name("localhost"),
            key,
            key if kind == "self-signed" else self._key,
            names=[x509.DNSName("elsewhere.example")] if kind == "wrong-name" else names,
            lasting=timedelta(days=30) if kind == "expired" else _LONG,
        )
        file = self._folder / f"{kind}.pem"
        file.touch(mode=0o600)
        file.write_bytes(written + _written(key))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        if kind == "old-tls":
            _make_old(context)
        return context

    def _signed(
        self,
        name: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        signer: ec.EllipticCurvePrivateKey,
        *,
        names: list[x509.GeneralName],
        lasting: timedelta = _LONG,
        authority: bool = False,
    ) -> bytes:
        """PEM. Bears all that Python 3.13 asks of a certificate (RFC 5280, 4.2.1)."""
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name if signer is key else self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(_BEGINS)
            .not_valid_after(_BEGINS + lasting)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(_usage(authority), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        )
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _make_old(context: ssl.SSLContext) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _written(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
