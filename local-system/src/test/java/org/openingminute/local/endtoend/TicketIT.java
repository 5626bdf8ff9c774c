package org.openingminute.local.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.zxing.BinaryBitmap;
import com.google.zxing.NotFoundException;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.ReaderException;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import java.awt.image.BufferedImage;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import net.fortuna.ical4j.data.CalendarBuilder;
import net.fortuna.ical4j.model.Component;
import net.fortuna.ical4j.model.Property;
import net.fortuna.ical4j.model.component.VEvent;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.rendering.PDFRenderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openingminute.local.TestSystems;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Proves an attendee's ticket from the public API to the gate, on the running system. */
@ExtendWith(SystemFixture.class)
class TicketIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final float[] DOTS_PER_INCH = {150, 200, 300};

    private final ApiClient api;

    TicketIT(Running running) {
        api = running.api();
    }

    @Test
    void a_ticket_verifies_offline_and_ends_with_its_registration(@TempDir Path folder) throws Exception {
        Registered ada = api.register("mlsys-2026", "academic", ApiClient.newAddress("ada"));
        String attendee = ada.answer().at("/attendees/0/id");
        String documents = "/api/registrations/" + ada.id() + "/attendees/" + attendee;
        assertThat(api.registration(ada).json().at("/links/ticket").isNull()).isTrue();
        String pdf = documents + "/ticket.pdf";
        // A service that has not heard of the registration for some seconds answers 503.
        await().atMost(SOON).untilAsserted(() -> api.get(pdf, ada.bearer()).isProblem(409, "not-allowed-now"));
        api.pay(ada);
        api.awaitStatus(ada, "confirmed", SOON);

        String link = api.registration(ada).at("/links/ticket");
        assertThat(link).endsWith(documents + "/ticket.pdf");
        // notification-service may learn of the confirmation a moment later.
        await().atMost(SOON).until(() -> api.get(link, ada.bearer()).status() == 200);
        Path keys = Files.writeString(
                folder.resolve("keys.json"),
                api.get("/.well-known/ticket-keys").has(200).text());
        JsonNode ticket = checked(folder, keys, textOfTheCode(link, ada));
        assertThat(ticket.at("/conference").asString()).isEqualTo("mlsys-2026");
        assertThat(ticket.at("/attendee").asString()).isEqualTo(attendee);
        assertThat(ticket.at("/generation").asInt()).isZero();
        Answer letter =
                api.get(documents + "/invitation-letter.pdf", ada.bearer()).has(200);
        assertThat(letter.headers().firstValue("Content-Type")).contains("application/pdf");
        VEvent entry = entry(documents, ada);
        assertThat(value(entry, "STATUS")).isEqualTo("CONFIRMED");
        assertThat(value(entry, "DTSTART")).isEqualTo("20260518");

        cancel(ada);
        await().atMost(SOON).untilAsserted(() -> api.get(link, ada.bearer()).isProblem(409, "not-allowed-now"));
        api.get(documents + "/invitation-letter.pdf", ada.bearer()).isProblem(409, "not-allowed-now");
        assertThat(api.registration(ada).json().at("/links/ticket").isNull()).isTrue();
        VEvent out = entry(documents, ada);
        assertThat(value(out, "STATUS")).isEqualTo("CANCELLED");
        assertThat(value(out, "UID")).isEqualTo(value(entry, "UID"));
        assertThat(Integer.parseInt(value(out, "SEQUENCE"))).isGreaterThan(Integer.parseInt(value(entry, "SEQUENCE")));
    }

    private void cancel(Registered registered) {
        Map<String, String> headers = new HashMap<>(registered.bearer());
        headers.put("Idempotency-Key", ApiClient.newKey());
        api.post("/api/registrations/" + registered.id() + "/cancellation", "{}", headers)
                .has(200);
    }

    private static String textOfTheCode(String link, Registered registered) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(link))
                .header("Authorization", "Bearer " + registered.token())
                .timeout(SOON)
                .build();
        byte[] pdf;
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            assertThat(answer.statusCode()).isEqualTo(200);
            pdf = answer.body();
        }
        try (PDDocument document = Loader.loadPDF(pdf)) {
            return read(new PDFRenderer(document));
        }
    }

    /** Decodes the QR code like a scanner, which takes another picture if it cannot decode one. */
    private static String read(PDFRenderer page) throws Exception {
        ReaderException unread = NotFoundException.getNotFoundInstance();
        for (float dotsPerInch : DOTS_PER_INCH) {
            BufferedImage picture = page.renderImageWithDPI(0, dotsPerInch);
            int[] pixels = picture.getRGB(0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth());
            try {
                return new QRCodeReader()
                        .decode(new BinaryBitmap(new HybridBinarizer(
                                new RGBLuminanceSource(picture.getWidth(), picture.getHeight(), pixels))))
                        .getText();
            } catch (ReaderException e) {
                unread = e;
            }
        }
        throw unread;
    }

    /** Verifies the text with the program for gates, which gets the keys and has no network. */
    private static JsonNode checked(Path folder, Path keys, String text) throws Exception {
        Path output = folder.resolve("output");
        Path program = TestSystems.CHECKOUT.resolve("docs/verify-ticket.mjs");
        Process process = new ProcessBuilder("node", program.toString(), keys.toString(), text)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        return JsonMapper.builder().build().readTree(Files.readString(output));
    }

    private VEvent entry(String documents, Registered registered) throws Exception {
        Answer answer =
                api.get(documents + "/calendar.ics", registered.bearer()).has(200);
        return new CalendarBuilder()
                .build(new StringReader(answer.text()))
                .<VEvent>getComponent(Component.VEVENT)
                .orElseThrow();
    }

    private static String value(VEvent event, String property) {
        return event.<Property>getProperty(property).orElseThrow().getValue();
    }
}
