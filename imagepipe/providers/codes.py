"""What the findings of providers mean, for `imagepipe explain`."""

from imagepipe.errors import Explanation

CODES = {
    "provider-settings": Explanation(
        "No client can be made of the base URL, proxy or certificate settings.",
        "SSL_CERT_FILE names a file that does not exist",
        "Correct OPENAI_BASE_URL, HTTPS_PROXY or SSL_CERT_FILE.",
    ),
    "not-connected": Explanation(
        "No connection came about, so nothing was sent and nothing is charged.",
        "The network is down, or OPENAI_BASE_URL names a port where nobody listens",
        "Check the network and run `imagepipe build` again.",
    ),
    "tls-failed": Explanation(
        "The server's certificate cannot be verified. The key was not sent.",
        "A company proxy re-signs connections with a certificate of its own",
        "Set SSL_CERT_FILE to a bundle that holds the proxy's certificate.",
    ),
    "moderation-blocked": Explanation(
        "The provider refuses to make this picture. Nothing is charged; the refusal is remembered.",
        "A prompt that the safety system rejects",
        "Reword the prompt; the same words are sent again only under --retry-failed.",
    ),
    "request-invalid": Explanation(
        "The provider refuses the request as it stands. Nothing is charged; the refusal is remembered.",
        "A size or option that this model does not take",
        "Change the option that the message names.",
    ),
    "key-refused": Explanation(
        "The provider does not accept the key.",
        "A revoked key, or one of another service",
        "Set OPENAI_API_KEY, or the variable that your configuration names as `key_env`, to a valid key.",
    ),
    "account-refused": Explanation(
        "The key is valid, but the account may not use this service.",
        "An organization that is not verified, or a country that is not served",
        "Verify the organization in the provider's settings.",
    ),
    "quota-exhausted": Explanation(
        "The account has no money or quota left. The build stops.",
        "A spend limit reached in the middle of a build",
        "Add credit or raise the limit, then build again: what is paid is kept.",
    ),
    "model-unavailable": Explanation(
        "The model does not exist any more, or this account has no access to it.",
        "An asset whose model was shut down",
        "Choose another with `imagepipe models`, or move assets with `imagepipe migrate-model`.",
    ),
    "endpoint-missing": Explanation(
        "The base URL leads to a server, but not to an Image API.",
        "OPENAI_BASE_URL without /v1 at its end",
        "Set the base URL to the address whose /images/generations answers.",
    ),
    "proxy-refused": Explanation(
        "The proxy refuses to pass the request on.", "A wrong password in HTTPS_PROXY", "Correct HTTPS_PROXY."
    ),
    "redirected": Explanation(
        "The server redirects. Redirects are not followed, since the key would go along.",
        "http:// where the service only answers https://",
        "Set the base URL to the address that answers itself.",
    ),
    "throttled": Explanation(
        "Too many images a minute. Nothing is charged; the build waits and goes on.",
        "More jobs than the account's tier allows",
        "Nothing; or lower --jobs or `images_per_minute`.",
    ),
    "server-error": Explanation(
        "The provider failed after the request was sent: it may have been charged.",
        "An answer 500 or 503",
        "Look at `imagepipe status`, then `build --resend` or `build --forget`.",
    ),
    "broken-off": Explanation(
        "The request was sent and its answer did not arrive whole: it may have been charged.",
        "A connection reset while the picture was on its way",
        "`build --resend` asks again, `build --forget` lets it be; both keep the sum in the ledger.",
    ),
    "answer-not-json": Explanation(
        "A whole answer came, but not one of an Image API. It is kept and counted as charged.",
        "A web page in place of a picture, from a proxy in between",
        "Check the base URL; then `build --retry-failed`.",
    ),
    "answer-empty": Explanation(
        "The answer holds no picture. It is kept and counted as charged.", '{"data": []}', "`build --retry-failed`."
    ),
    "answer-bad-base64": Explanation(
        "The picture in the answer cannot be decoded. It is kept and counted as charged.",
        "A compatible server that encodes otherwise",
        "`build --retry-failed`; tell the server's makers.",
    ),
    "answer-url": Explanation(
        "The answer links to the picture. Links are followed only where the user's configuration says so.",
        "A compatible server that answers `url`",
        'Set `switches.response_format = "b64_json"` or `switches.url = true` for this provider in config.toml.',
    ),
}
