package org.openingminute.notification.composition;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openingminute.notification.composition.Samples.Sample;
import org.openingminute.notification.due.MailKind;
import org.springframework.web.util.HtmlUtils;

/** Proves that every mail equals its file in {@code src/test/resources/golden-mails}. {@code -Dmails=write} writes the files again. */
class MailSamplesTest {

    private static final Path FOLDER = Path.of("src", "test", "resources", "golden-mails");
    private static final String HINT = "golden-mails differ from what is sent; if that is meant: ./mvnw -pl"
            + " contracts,messaging,notification-service test -Dtest=MailSamplesTest -Dmails=write"
            + " -Dsurefire.failIfNoSpecifiedTests=false";
    private static final Pattern LINK = Pattern.compile("https?://[^\\s\"<]+");
    private static final Pattern AMOUNT = Pattern.compile("USD [0-9.,]*[0-9]|[0-9][0-9.,]* USD");
    private static final Pattern DEADLINE = Pattern.compile("[0-9]{1,2}:[0-9]{2}.{0,3} PST");

    static List<Sample> samples() {
        return Samples.all();
    }

    @Test
    void golden_mails_are_the_mails_as_they_are_sent() throws IOException {
        Map<String, String> expected = new TreeMap<>();
        for (Sample sample : Samples.all()) {
            ComposedMail mail = sample.composed();
            expected.put(
                    sample + ".txt",
                    "From: " + mail.senderName() + "\nSubject: " + mail.subject() + "\n\n" + mail.keptText());
            expected.put(sample + ".html", mail.keptHtml());
        }
        for (AnnouncementSamples.Sample sample : AnnouncementSamples.all()) {
            ComposedMail mail = sample.composed();
            expected.put(
                    sample + ".txt",
                    "From: " + mail.senderName() + "\nSubject: " + mail.subject() + "\n\n" + mail.keptText());
            expected.put(sample + ".html", mail.keptHtml());
        }
        expected.put("README.md", index());
        if ("write".equals(System.getProperty("mails"))) {
            write(expected);
        }
        Map<String, String> found = new TreeMap<>();
        try (Stream<Path> files = Files.list(FOLDER)) {
            for (Path file : files.toList()) {
                found.put(file.getFileName().toString(), Files.readString(file));
            }
        }

        assertThat(found.keySet()).as(HINT).isEqualTo(expected.keySet());
        expected.forEach((name, text) ->
                assertThat(found.get(name)).as("%s: %s", name, HINT).isEqualTo(text));
    }

    @Test
    void every_kind_is_among_them() {
        assertThat(Samples.all().stream().map(sample -> sample.due().kind()).collect(Collectors.toSet()))
                .containsExactlyInAnyOrder(MailKind.values());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void the_text_has_every_deadline_amount_and_link_of_the_html(Sample sample) {
        ComposedMail mail = sample.composed();
        String html = HtmlUtils.htmlUnescape(mail.html());

        boolean hasNone = sample.due().kind() == MailKind.CONTACT_CHANGED;
        assertThat(found(LINK, html)).isEqualTo(found(LINK, mail.text()));
        assertThat(found(LINK, html).isEmpty()).isEqualTo(hasNone);
        assertThat(found(AMOUNT, html)).isEqualTo(found(AMOUNT, mail.text()));
        assertThat(found(AMOUNT, html).isEmpty()).isEqualTo(hasNone);
        assertThat(found(DEADLINE, html)).isEqualTo(found(DEADLINE, mail.text()));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void a_mail_needs_no_image_no_script_and_nothing_from_elsewhere(Sample sample) {
        String html = sample.composed().html();

        assertThat(html).doesNotContainPattern("<(img|script|link|iframe)\\b|@import|url\\(|\\son[a-z]+=");
        assertThat(found(LINK, html)).allMatch(link -> link.startsWith("https://tickets.example.org/open"));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void colours_that_are_set_have_a_dark_counterpart(Sample sample) {
        String html = sample.composed().html();

        assertThat(html).contains("prefers-color-scheme: dark", "content=\"light dark\"");
        Pattern element = Pattern.compile("<[a-z0-9]+ [^>]*>");
        assertThat(element.matcher(html).results().map(MatchResult::group).filter(MailSamplesTest::isColoured))
                .isNotEmpty()
                .allMatch(coloured -> Arrays.stream(DARK).anyMatch(coloured::contains));
    }

    private static final String[] DARK = {
        "class=\"page\"", "class=\"sheet\"", "class=\"quiet\"", "class=\"line\"", "class=\"button\"", "class=\"link\""
    };

    private static boolean isColoured(String element) {
        return element.matches(".*(color:|background:|solid ).*");
    }

    private static List<String> found(Pattern what, String where) {
        return what.matcher(where).results().map(MatchResult::group).sorted().toList();
    }

    private static void write(Map<String, String> files) throws IOException {
        Files.createDirectories(FOLDER);
        try (Stream<Path> old = Files.list(FOLDER)) {
            for (Path file : old.toList()) {
                Files.delete(file);
            }
        }
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(FOLDER.resolve(file.getKey()), file.getValue());
        }
    }

    private static String index() {
        StringBuilder page = new StringBuilder("""
                # The mails

                Every mail as it is sent, with `•••` in place of the access token. `MailSamplesTest` compares these files with what is
                composed; change the words in `notification-service/src/main/resources/mails`, then run it with `-Dmails=write`.

                | mail | sent when | English | German |
                |---|---|---|---|
                """);
        for (Sample sample : Samples.all()) {
            if (sample.locale().equals("en")) {
                page.append(line(sample.name(), sample.when()));
            }
        }
        for (AnnouncementSamples.Sample sample : AnnouncementSamples.all()) {
            if (sample.locale().equals("en")) {
                page.append(line(sample.name(), sample.when()));
            }
        }
        return page.toString();
    }

    private static String line(String name, String when) {
        return "| " + name + " | " + when + " | " + files(name + ".en") + " | " + files(name + ".de") + " |\n";
    }

    private static String files(String name) {
        return "[text](" + name + ".txt) · [HTML](" + name + ".html)";
    }
}
