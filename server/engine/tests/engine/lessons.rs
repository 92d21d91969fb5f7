//! What the lessons say is so: of each run one answer is true, the one that its text was written for, and everything
//! else that the text rests on is in the journal.

use std::collections::HashSet;

use engine::lessons;
use lab::spec::{Pace, Spec};

use crate::harness::{open_lab, run, verdict};

#[tokio::test]
async fn each_run_of_a_lesson_shows_what_is_said_of_it_and_one_answer_alone() {
    let (lab, _folder) = open_lab().await;
    for lesson in &lab.catalog().lessons {
        let claims = lessons::claims(&lesson.name);
        assert_eq!(claims.len(), lesson.parts.len(), "{}", lesson.name);
        for (place, (part, claims)) in lesson.parts.iter().zip(claims).enumerate() {
            let entries = run(&lab, Spec { pace: Pace::Instant, ..part.spec.clone() }).await;
            let verdict = verdict(&entries);
            let of = format!("{}, part {}", lesson.name, place + 1);
            let is_true: Vec<usize> = (0..part.answers.len())
                .filter(|&answer| part.answers[answer].fact.is_shown(&entries, verdict))
                .collect();
            assert_eq!(is_true, [claims.right], "{of}");
            assert_eq!(part.settled(&entries, verdict), Some(claims.right), "{of}");
            for fact in claims.shows {
                assert!(fact.is_shown(&entries, verdict), "{of}: {fact:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_lesson_has_a_name_of_its_own_several_answers_and_a_challenge_that_there_is() {
    let (lab, _folder) = open_lab().await;
    let catalog = lab.catalog();
    let mut names = HashSet::new();
    for lesson in &catalog.lessons {
        assert!(names.insert(&lesson.name), "{} twice", lesson.name);
        assert!(!lesson.parts.is_empty(), "{}", lesson.name);
        assert!(catalog.labs.iter().any(|card| card.name == lesson.lab), "{}", lesson.name);
        let is_known = lesson.challenge.is_empty() || catalog.challenge(&lesson.challenge).is_some();
        assert!(is_known, "{}: {}", lesson.name, lesson.challenge);
        for part in &lesson.parts {
            let words: HashSet<&str> = part.answers.iter().map(|answer| answer.text.as_str()).collect();
            assert!(words.len() > 1 && words.len() == part.answers.len(), "{}: {words:?}", lesson.name);
            assert!(!part.text.is_empty() && !part.after.is_empty(), "{}", lesson.name);
        }
    }
}
