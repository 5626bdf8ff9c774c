package org.openingminute.notification.composition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openingminute.notification.projection.RegistrationStatus;
import org.openingminute.notification.projection.States;
import org.springframework.web.util.HtmlUtils;

/** Proves the texts of announcements and subscription mails, rendered without Spring or a mail server. */
class AnnouncementComposerTest {

    private static final Pattern LINK = Pattern.compile("https?://[^\\s\"<]+[^\\s\"<.]");
    private static final Pattern AMOUNT = Pattern.compile("USD [0-9.,]*[0-9]|[0-9][0-9.,]* USD");

    static List<AnnouncementSamples.Sample> samples() {
        return AnnouncementSamples.all();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void both_forms_say_the_same_and_the_subject_names_the_conference(AnnouncementSamples.Sample sample) {
        ComposedMail mail = sample.composed();
        String html = HtmlUtils.htmlUnescape(mail.html());

        assertThat(mail.subject()).contains(States.CONFERENCE.name()).doesNotContain("\n");
        assertThat(found(LINK, html)).isNotEmpty().isEqualTo(found(LINK, mail.text()));
        assertThat(found(AMOUNT, html)).isEqualTo(found(AMOUNT, mail.text()));
        assertThat(mail.html())
                .doesNotContainPattern("<(img|script|iframe)\\b|@import|url\\(|\\son[a-z]+=")
                .contains("prefers-color-scheme: dark");
    }

    @ParameterizedTest
    @MethodSource("samples")
    void subscribers_get_one_click_and_registrants_get_the_reason(AnnouncementSamples.Sample sample) {
        ComposedMail mail = sample.composed();
        String url = "https://tickets.example.org/api/unsubscribe/the.leaving.token";
        if (sample.ends()) {
            assertThat(mail.headers())
                    .containsEntry("List-Unsubscribe", "<" + url + ">")
                    .containsEntry("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
            assertThat(mail.text()).contains(url);
            assertThat(mail.keptText()).doesNotContain("the.leaving.token");
        } else {
            assertThat(mail.headers()).doesNotContainKey("List-Unsubscribe");
            assertThat(mail.keptText()).isEqualTo(mail.text());
        }
        assertThat(mail.headers().containsKey("List-Id"))
                .isEqualTo(!(sample.announcement() instanceof Announcement.OptInMail));
    }

    @Test
    void links_that_prove_who_reads_a_mailbox_are_not_kept() {
        String token = "the.secret.token";
        List<Announcement> mails =
                List.of(new Announcement.MailboxMail(token), new Announcement.SeveralUnpaid(unpaid(token), 0));
        for (Announcement mail : mails) {
            for (String locale : List.of("en", "de")) {
                ComposedMail composed =
                        new AnnouncementSamples.Sample("mail", "asked for", mail, locale, null, false).composed();
                String html = HtmlUtils.htmlUnescape(composed.html());
                assertThat(composed.text())
                        .contains("https://tickets.example.org/open#" + token)
                        .doesNotContain("{0", "''");
                assertThat(found(LINK, html)).containsAll(found(LINK, composed.text()));
                assertThat(composed.keptText() + composed.keptHtml()).doesNotContain(token);
                assertThat(composed.headers()).isEmpty();
            }
        }
    }

    private static List<Announcement.UnpaidRegistration> unpaid(String token) {
        return Arrays.stream(RegistrationStatus.values())
                .map(status -> new Announcement.UnpaidRegistration(
                        States.CONFERENCE,
                        "ML26-" + status,
                        status,
                        status == RegistrationStatus.PENDING_PAYMENT ? States.HOLD_EXPIRES_AT : null,
                        token))
                .toList();
    }

    @Test
    void mail_for_several_says_of_each_what_it_is_and_what_to_do() {
        String link = "https://tickets.example.org/open#the.secret.token";
        ComposedMail mail = several(new Announcement.SeveralUnpaid(unpaid("the.secret.token"), 12));

        assertThat(mail.subject()).isEqualTo("MLSys 2026: 19 more registrations with your email address");
        assertThat(mail.text().replaceAll("\\s+", " "))
                .contains("There are 19 more registrations with your email address.")
                .contains("PENDING_PAYMENT: held until February 2, 2026, 9:15\u202fAM PST."
                        + " To keep it, open it by then and see what is left to do: " + link)
                .contains("PENDING_REVIEW: no longer held.")
                .contains("REJECTED: no longer held.")
                .contains("CONFIRMED: confirmed, nothing to pay.")
                .contains("EXPIRED: expired.")
                .contains("CANCELLED: cancelled.")
                .contains("12 more registrations, older or ended, are not listed here.")
                .doesNotContain("nobody has paid");
        Announcement.SeveralUnpaid one = new Announcement.SeveralUnpaid(
                List.of(unpaid("the.secret.token").getFirst()), 0);
        assertThat(several(one).subject()).isEqualTo("MLSys 2026: one more registration with your email address");
        assertThat(several(one).text()).doesNotContain("not listed");
    }

    private static ComposedMail several(Announcement.SeveralUnpaid mail) {
        return new AnnouncementSamples.Sample("mail", "asked for", mail, "en", null, false).composed();
    }

    @Test
    void an_organisers_text_is_escaped_and_its_addresses_are_links() {
        ComposedMail mail = AnnouncementSamples.all().get(1).composed();
        assertThat(mail.html())
                .contains("&lt;at scale&gt; &amp; what that costs:")
                .contains("href=\"https://example.org/keynotes?day=1&amp;lang=en\"");
        assertThat(mail.text()).contains("<at scale> & what that costs:\nhttps://example.org/keynotes?day=1&lang=en.");
    }

    @Test
    void a_long_list_of_lines_is_one_paragraph_and_one_of_empty_lines_is_none() {
        assertThat(AnnouncementContent.paragraphs("a\nb".repeat(9_000))).hasSize(1);
        assertThat(AnnouncementContent.paragraphs("a" + "\n".repeat(19_990) + "b"))
                .hasSize(2);
    }

    @Test
    void only_web_addresses_become_links_and_never_more_than_the_address() {
        assertThat(AnnouncementContent.paragraph(
                                "see (https://a.example/x_(y), or javascript:alert(1)) \"http://b.example/\".")
                        .pieces()
                        .stream()
                        .map(AnnouncementContent.Piece::url)
                        .filter(url -> url != null))
                .containsExactly("https://a.example/x_(y", "http://b.example/");
        assertThat(AnnouncementContent.paragraphs("one\r\nline\r\n \r\n\r\ntwo").stream()
                        .map(AnnouncementContent.Paragraph::text))
                .containsExactly("one\nline", "two");
    }

    private static List<String> found(Pattern what, String where) {
        return what.matcher(where)
                .results()
                .map(found -> found.group())
                .sorted()
                .distinct()
                .toList();
    }
}
