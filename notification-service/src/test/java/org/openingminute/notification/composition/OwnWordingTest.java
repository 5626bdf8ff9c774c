package org.openingminute.notification.composition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.notification.composition.Samples.Sample;
import org.openingminute.notification.due.MailKind;

/** Proves the validation and rendering of organisers' wordings, without Spring. */
class OwnWordingTest {

    private static final String SUBJECT = "{conference}: please pay";
    private static final String TEXT = "Please pay {total} by {deadline}.";

    private static final Set<String> SAYS_MORE = Set.of(
            "pay-now-by-invoice",
            "pay-now-by-invoice-to-be-opened",
            "proof-wanted-to-be-opened",
            "cancelled-dispute-lost",
            "refund-made-by-transfer",
            "refund-made-at-desk",
            "refund-made-of-surplus",
            "link-new");

    @Test
    void words_with_all_that_is_needed_have_no_fault() {
        assertThat(faults(SUBJECT, TEXT)).isEmpty();
        assertThat(faults("{conference} {reference}", TEXT + "\r\n\r\n\tDear {name}, {seats} seats.\nYours"))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(MailKind.class)
    void every_placeholder_of_a_kind_may_stand_in_its_words(MailKind kind) {
        String all = Placeholder.of(kind).stream().map(Placeholder::written).collect(Collectors.joining(" "));

        assertThat(new OwnWording(all, all).faults(kind)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "PAY_NOW, {total} {deadline}",
        "PROOF_ACCEPTED, {total} {deadline}",
        "PAYMENT_FAILED, {deadline}",
        "PROOF_WANTED, {deadline}",
        "REFUND_MADE, {amount}",
        "REFUND_FAILED, {amount}",
        "LATE_PAYMENT_REFUNDED, {amount}",
        "PAYMENT_DISPUTED, {amount}",
        "DISPUTE_SETTLED, {amount}"
    })
    void a_text_lacks_nothing_that_its_reader_must_know(MailKind kind, String needed) {
        for (String one : needed.split(" ")) {
            String without = needed.replace(one, "");
            assertThat(new OwnWording("{conference}", "Hello " + without).faults(kind))
                    .containsExactly(FieldError.of("text", "missing-placeholder", "must have {}", one));
        }
        assertThat(new OwnWording("{conference}", needed).faults(kind)).isEmpty();
    }

    @Test
    void a_subject_names_the_conference() {
        assertThat(faults("Please pay", TEXT))
                .containsExactly(FieldError.of("subject", "missing-placeholder", "must have {}", "{conference}"));
    }

    @Test
    void an_unknown_placeholder_is_named() {
        assertThat(faults(SUBJECT, TEXT + " {deadlin}"))
                .containsExactly(FieldError.of(
                        "text",
                        "unknown-placeholder",
                        "{} is not a placeholder of this mail; it has: {}",
                        "{deadlin}",
                        "{conference}, {reference}, {name}, {seats}, {total}, {deadline}"));
        assertThat(faults(SUBJECT + "{amount}", TEXT))
                .as("of another kind")
                .extracting(FieldError::message)
                .first()
                .asString()
                .startsWith("{amount} is not a placeholder");
        assertThat(faults(SUBJECT, TEXT + "{ deadline }")).hasSize(1);
        assertThat(faults(SUBJECT, TEXT + "{}")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "}", "{{total}}", "a } b { c"})
    void a_brace_is_for_placeholders(String brace) {
        assertThat(faults(SUBJECT, TEXT + brace))
                .contains(FieldError.of(
                        "text", "lone-brace", "has an unmatched brace; braces are only for placeholders"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r", "\u0085", "\u2028", "\u0000", "\u202e", "\t"})
    void a_subject_is_one_line(String within) {
        assertThat(faults(SUBJECT + within + "Bcc: eve@example.org", TEXT))
                .containsExactly(
                        FieldError.of("subject", "not-one-line", "must be one line without control characters"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0000", "\u001b", "\u202e", "\u2066"})
    void a_text_has_no_control_characters(String within) {
        assertThat(faults(SUBJECT, TEXT + within))
                .containsExactly(FieldError.of(
                        "text", "control-characters", "must have no control characters other than line breaks"));
    }

    @Test
    void neither_is_empty_or_without_end() {
        assertThat(faults(" ", "\n"))
                .extracting(FieldError::message)
                .contains("must have 1 to 150 characters", "must have 1 to 4000 characters");
        assertThat(faults(SUBJECT + "x".repeat(150), TEXT)).hasSize(1);
        assertThat(faults(SUBJECT, TEXT + "x".repeat(4_000))).hasSize(1);
    }

    @Test
    void empty_lines_end_paragraphs_and_other_ends_of_lines_are_spaces() {
        OwnWording wording = new OwnWording(SUBJECT, "\none\ntwo\r\n\r\n  three \n \n\n{total}\n");

        assertThat(wording.paragraphs(_ -> "800")).containsExactly("one two", "three", "800");
    }

    @Test
    void several_empty_lines_count_as_one() {
        assertThat(new OwnWording("", "a" + "\r\n".repeat(1_990) + "b").paragraphs(placeholder -> ""))
                .containsExactly("a", "b");
        assertThat(new OwnWording("", "a\r\nb\r\n\r\nc").paragraphs(placeholder -> ""))
                .containsExactly("a b", "c");
    }

    @Test
    void placeholder_values_are_inserted_verbatim() {
        OwnWording wording = new OwnWording("{name}", "{name}");

        assertThat(wording.subject(_ -> "{total} $1 \\\r\nBcc: eve@example.org"))
                .isEqualTo("{total} $1 \\ Bcc: eve@example.org");
    }

    static List<Sample> samples() {
        return Samples.all().stream()
                .filter(sample -> sample.own() == OwnWordings.NONE)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void own_wording_replaces_only_the_first_paragraph(Sample sample) {
        MailKind kind = sample.due().kind();
        String all = Placeholder.of(kind).stream().map(Placeholder::written).collect(Collectors.joining(" "));
        ComposedMail ours = sample.composed();
        ComposedMail theirs = new Sample(
                        sample.name(),
                        sample.when(),
                        sample.due(),
                        sample.locale(),
                        sample.projection(),
                        (_, _, _) -> Optional.of(new OwnWording("Own {conference}", "<b>Own</b> " + all)))
                .composed();

        assertThat(theirs.subject()).isEqualTo("Own MLSys 2026");
        assertThat(theirs.html()).contains("&lt;b&gt;Own&lt;/b&gt; MLSys 2026").doesNotContain("<b>Own");
        assertThat(theirs.text()).contains("<b>Own</b> MLSys 2026");
        assertThat(theirs.text()).doesNotContain("{");
        List<String> lost = lines(ours.text());
        lost.removeAll(lines(theirs.text()));
        // An own wording replaces our first paragraph, unless that paragraph is specific to this state.
        assertThat(lost).hasSize(SAYS_MORE.contains(sample.name()) ? 0 : 1);
    }

    @Test
    void words_that_this_version_cannot_take_are_left_aside() {
        Sample sample = samples().getFirst();
        ComposedMail theirs = new Sample(
                        sample.name(),
                        sample.when(),
                        sample.due(),
                        sample.locale(),
                        sample.projection(),
                        (_, _, _) -> Optional.of(new OwnWording("Own", "{of-another-version}")))
                .composed();

        assertThat(theirs.text()).isEqualTo(sample.composed().text());
        assertThat(theirs.subject()).isEqualTo(sample.composed().subject());
    }

    private static List<String> lines(String text) {
        return Arrays.stream(text.split("\n"))
                .filter(line -> !line.isBlank())
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static List<FieldError> faults(String subject, String text) {
        return new OwnWording(subject, text).faults(MailKind.PAY_NOW);
    }
}
