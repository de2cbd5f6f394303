//! The limits of reads.

use super::query_plans::{ROWS, fill, selection};
use super::*;

#[test]
fn a_read_that_is_not_short_is_left_to_another_thread_and_answered_there() {
    let (_folder, store) = open();
    store.write_blocking(Origin::command("test"), fill).unwrap();
    // No index helps, and all rows match.
    let long = selection("connectionstring so 'ib:'", "", None, Predicate::True).condition;
    let short = selection("tags.name eq 'tag7'", "", None, Predicate::True).condition;
    let brief = |condition: &Predicate| {
        read_short(&store, |snapshot| snapshot.count(&DATA_CONNECTION, condition)).unwrap()
    };
    // On a busy machine even a small read can exceed the time of a short read.
    let soon = |is_answered: &dyn Fn() -> bool| (0..20).any(|_| is_answered());
    for _ in 0..20 {
        assert_eq!(brief(&long), None);
        // The interrupted connection still works, and earlier queries don't count.
        assert!(soon(&|| brief(&short) == Some(60)));
    }
    let counted = store.scan(|snapshot| snapshot.count(&DATA_CONNECTION, &long)).unwrap();
    assert_eq!(counted, i64::try_from(ROWS).unwrap());
    let rows = |condition: &Predicate| {
        let selection = SelectQuery {
            condition: condition.clone(),
            ..selection("", "", None, Predicate::True)
        };
        let mut rows = 0;
        let read = read_short(&store, |snapshot| {
            snapshot.each(&selection, &mut |_| {
                rows += 1;
                Ok(())
            })
        });
        (read.unwrap().is_some(), rows)
    };
    assert!(soon(&|| rows(&short) == (true, 60)));
    assert_eq!(rows(&long), (false, 0));
}

#[test]
fn a_limit_ends_with_its_value_and_a_smaller_one_around_it_stays_in_force() {
    let (_folder, store) = open();
    store.write_blocking(Origin::command("test"), fill).unwrap();
    let long = selection("connectionstring so 'ib:'", "", None, Predicate::True).condition;
    let all = i64::try_from(ROWS).unwrap();
    let count = |snapshot: &Snapshot<'_>| snapshot.count(&DATA_CONNECTION, &long);
    let limits = |snapshot: &Snapshot<'_>| {
        let wide = snapshot.limit_steps(100_000_000)?;
        let narrow = snapshot.limit_steps(1_000)?;
        assert_eq!(narrow.outcome(count(snapshot))?, None);
        assert_eq!(count(snapshot)?, all, "the narrow limit has ended");
        assert_eq!(wide.outcome(count(snapshot))?, Some(all));
        let narrow = snapshot.limit_steps(1_000)?;
        let wide = snapshot.limit_steps(100_000_000)?;
        assert!(
            matches!(wide.outcome(count(snapshot)), Err(Error::TooLong)),
            "the narrow limit is in force"
        );
        assert_eq!(narrow.outcome(count(snapshot))?, None);
        count(snapshot)
    };
    assert_eq!(store.scan(limits).unwrap(), all);
}
