//! The allowance to which a write is charged. The site's own accounts and root administrators have
//! none: they may add any amount, with requests of any weight.

use super::backend::Backend;
use super::prepared::Prepared;
use super::user_request::UserRequest;
use super::weighing::of_rules_for_one;
use crate::access_report::is_ordinary;
use crate::model::Actor;
use crate::store::{Allowance, Bounds, Payer, Purpose, Weight};

impl Backend {
    /// The bounds of a write of this user; `None` for users without an allowance.
    pub fn bounds_of(&self, actor: &Actor, purpose: Purpose) -> Option<Bounds> {
        is_ordinary(actor).then(|| self.bounds(self.allowances.of(Payer::User(actor.id), purpose)))
    }

    /// The bounds of a write that creates a user named by a client certificate, a proxy or a token.
    pub fn bounds_of_new_user(&self) -> Bounds {
        self.bounds(self.allowances.of(Payer::NewUsers, Purpose::Change))
    }

    fn bounds(&self, allowance: Allowance) -> Bounds {
        let weight = self.most_weight();
        Bounds { allowance, expected: Weight::default(), weight, time: weight.map(Weight::longest) }
    }

    /// The greatest weight of a request of an ordinary user; `None` for any weight.
    pub fn most_weight(&self) -> Option<Weight> {
        let most = self.limits.write_milliseconds;
        (most > 0).then(|| Weight::of_millis(most))
    }
}

impl UserRequest {
    /// The bounds of a write of the user with the expected weight `expected`; `None` for users
    /// without an allowance.
    pub fn bounds(
        &self,
        purpose: Purpose,
        expected: Weight,
        prepared: &Prepared,
    ) -> Option<Bounds> {
        let bounds = self.backend.bounds_of(&prepared.actor, purpose)?;
        let rules = of_rules_for_one(&prepared.privileges.of(self.entity));
        Some(Bounds { expected: expected.plus(rules), ..bounds })
    }
}
