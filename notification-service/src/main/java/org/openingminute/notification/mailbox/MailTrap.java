package org.openingminute.notification.mailbox;

import jakarta.mail.Address;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeUtility;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UnsupportedEncodingException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.notification.NotificationServiceSettings;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.util.UriBuilder;

/**
 * Reads the mail trap over HTTP. The trap has an index by address, so the cost of a query depends on its result only. Nothing is cached,
 * and mails are passed on one by one. Each method throws {@link Problem} {@code unavailable} if the trap does not respond.
 */
class MailTrap {

    private static final String PATH = "/mails";
    private static final String COUNT = "Mail-Count";
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(2);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(8);

    private final RestClient http;
    private final Session session;

    MailTrap(NotificationServiceSettings.Trap settings) {
        SimpleClientHttpRequestFactory requests = new SimpleClientHttpRequestFactory();
        requests.setConnectTimeout(CONNECT_WITHIN);
        requests.setReadTimeout(ANSWER_WITHIN);
        this.http = RestClient.builder()
                .baseUrl("http://" + settings.host() + ":" + settings.port())
                .requestFactory(requests)
                .build();
        Properties properties = new Properties();
        properties.setProperty("mail.mime.address.strict", "false");
        this.session = Session.getInstance(properties);
    }

    /**
     * Passes on all mails in the trap now, oldest first.
     *
     * @param to only mails to this address; {@code null} for all
     */
    void forEach(@Nullable String to, Reader reader) {
        ask(HttpMethod.GET, path -> addressed(path, to), response -> {
            readEach(response, reader);
            return true;
        });
    }

    /**
     * Returns some mails, newest first.
     *
     * @param to only mails to this address; {@code null} for all
     * @param skip how many newer mails to skip
     */
    Newest newest(@Nullable String to, int skip, int limit) {
        return ask(
                HttpMethod.GET,
                path -> addressed(path.queryParam("skip", skip).queryParam("limit", limit), to),
                response -> {
                    @Nullable String count = response.getHeaders().getFirst(COUNT);
                    List<TrappedMail> mails = new ArrayList<>();
                    readEach(response, mails::add);
                    return new Newest(count == null ? mails.size() : Integer.parseInt(count), mails);
                });
    }

    Optional<TrappedMail> find(String id) {
        if (!id.matches("[0-9]{1,18}")) {
            return Optional.empty();
        }
        return ask(HttpMethod.GET, path -> path.pathSegment(id).build(), response -> {
            List<TrappedMail> mails = new ArrayList<>();
            if (!response.getStatusCode().isSameCodeAs(HttpStatus.NOT_FOUND)) {
                readEach(response, mails::add);
            }
            return mails.stream().findFirst();
        });
    }

    /** Deletes the mails that are in the trap now. */
    void empty() {
        ask(HttpMethod.DELETE, UriBuilder::build, response -> true);
    }

    private static URI addressed(UriBuilder path, @Nullable String to) {
        return to == null ? path.build() : path.queryParam("to", "{to}").build(to);
    }

    private <T> T ask(HttpMethod method, Function<UriBuilder, URI> path, Answer<T> answer) {
        try {
            return http.method(method)
                    .uri(base -> path.apply(base.path(PATH)))
                    .exchangeForRequiredValue((request, response) -> {
                        if (response.getStatusCode().is5xxServerError()) {
                            throw new IOException("the mail trap answered " + response.getStatusCode());
                        }
                        return answer.read(response);
                    });
        } catch (ResourceAccessException e) {
            throw new Problem(CommonProblem.UNAVAILABLE, "The mail trap is not responding right now.")
                    .retryAfter(Duration.ofSeconds(2));
        }
    }

    /** Each mail follows its number, its arrival in milliseconds, and its length. */
    private void readEach(ClientHttpResponse response, Reader reader) throws IOException {
        DataInputStream body = new DataInputStream(new BufferedInputStream(response.getBody()));
        while (hasNext(body)) {
            String id = Long.toString(body.readLong());
            Instant at = Instant.ofEpochMilli(body.readLong());
            InputStream content = new ByteArrayInputStream(body.readNBytes(body.readInt()));
            try {
                reader.read(MailReader.read(id, at, new MimeMessage(session, content)));
            } catch (MessagingException e) {
                throw new IOException("a mail cannot be read", e);
            }
        }
    }

    private static boolean hasNext(InputStream body) throws IOException {
        body.mark(1);
        boolean next = body.read() >= 0;
        body.reset();
        return next;
    }

    @FunctionalInterface
    interface Reader {
        void read(TrappedMail mail) throws IOException;
    }

    @FunctionalInterface
    private interface Answer<T> {
        T read(ClientHttpResponse response) throws IOException;
    }

    /**
     * A part of the mails.
     *
     * @param count the number of all mails
     */
    record Newest(int count, List<TrappedMail> mails) {}

    /**
     * A mail as it arrived.
     *
     * @param id valid as long as the mail is in the trap
     * @param to the bare addresses, comma separated
     * @param at when it arrived
     * @param attachments the names of the attached files
     */
    record TrappedMail(
            String id,
            @Nullable String messageId,
            @Nullable String from,
            @Nullable String to,
            @Nullable String subject,
            Instant at,
            @Nullable String text,
            @Nullable String html,
            List<String> attachments) {}

    /** Parses a mail: its first plain text, its first HTML, and the names of its attachments. */
    static final class MailReader {

        private final List<String> attachments = new ArrayList<>();
        private @Nullable String text;
        private @Nullable String html;

        private MailReader() {}

        static TrappedMail read(String id, Instant at, MimeMessage message) throws MessagingException, IOException {
            MailReader reader = new MailReader();
            reader.visit(message);
            return new TrappedMail(
                    id,
                    message.getMessageID(),
                    addresses(message.getFrom()),
                    addresses(message.getRecipients(Message.RecipientType.TO)),
                    message.getSubject(),
                    at,
                    reader.text,
                    reader.html,
                    List.copyOf(reader.attachments));
        }

        private void visit(Part part) throws MessagingException, IOException {
            @Nullable String name = part.getFileName();
            if (name != null || Part.ATTACHMENT.equalsIgnoreCase(part.getDisposition())) {
                attachments.add(name == null ? "attachment" : decoded(name));
            } else if (part.isMimeType("multipart/*") && part.getContent() instanceof Multipart parts) {
                for (int i = 0; i < parts.getCount(); i++) {
                    visit(parts.getBodyPart(i));
                }
            } else if (part.isMimeType("text/plain") && text == null) {
                text = part.getContent().toString();
            } else if (part.isMimeType("text/html") && html == null) {
                html = part.getContent().toString();
            }
        }

        private static String decoded(String name) {
            try {
                return MimeUtility.decodeText(name);
            } catch (UnsupportedEncodingException e) {
                return name;
            }
        }

        private static @Nullable String addresses(Address @Nullable [] addresses) {
            return addresses == null
                    ? null
                    : Arrays.stream(addresses)
                            .map(address -> address instanceof InternetAddress internet
                                    ? internet.getAddress()
                                    : address.toString())
                            .collect(Collectors.joining(", "));
        }
    }
}
