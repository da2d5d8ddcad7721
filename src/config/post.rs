//! How letters and messages to other servers go out.

use super::Secret;
use crate::post::{MailFault, Mailer, PostConfig};
use clap::Args;

/// What an operator says of them.
#[derive(Debug, Clone, Default, Args)]
pub struct PostArgs {
    /// SMTP server for letters to buyers, `smtps://user:password@host` or `smtp://host:587?tls=required`. Without it none
    /// are sent.
    #[arg(long, env = "QUIORA_SMTP_URL", hide_env_values = true, requires = "mail_from")]
    pub smtp_url: Option<Secret>,
    /// Who letters to buyers are from: `Bottega <shop@example.com>`.
    #[arg(long, env = "QUIORA_MAIL_FROM")]
    pub mail_from: Option<String>,
    /// Let the seller's webhooks reach private networks and this machine.
    #[arg(long, env = "QUIORA_WEBHOOKS_PRIVATE")]
    pub webhooks_private: bool,
}

impl TryFrom<PostArgs> for PostConfig {
    type Error = MailFault;

    fn try_from(args: PostArgs) -> Result<Self, Self::Error> {
        let mailer = match (args.smtp_url, args.mail_from) {
            (Some(url), Some(from)) => Some(Mailer::new(url.expose(), &from)?),
            (Some(_), None) => return Err(MailFault::From),
            (None, _) => None,
        };
        Ok(Self { mailer, private_targets: args.webhooks_private, ..Self::default() })
    }
}
