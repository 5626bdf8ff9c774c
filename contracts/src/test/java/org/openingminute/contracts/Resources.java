package org.openingminute.contracts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Lists the tested files from the file system rather than from a document that may omit some. */
final class Resources {
    static final Path ROOT = Path.of("src/main/resources/contracts");

    private Resources() {}

    static SortedSet<String> schemaNames() throws IOException {
        return names("schemas", ".json");
    }

    static SortedSet<String> exampleFolders() throws IOException {
        SortedSet<String> folders = names("examples", "");
        folders.remove("access-tokens.json");
        folders.remove("tickets.json");
        return folders;
    }

    /** Returns the folder of each release. */
    static List<Path> releases() throws IOException {
        try (Stream<Path> files = Files.list(ROOT.resolve("released"))) {
            return files.filter(Files::isDirectory).sorted().toList();
        }
    }

    static JsonNode asyncApi() {
        return asyncApi(ROOT);
    }

    /** Returns the AsyncAPI document of a folder: today's or a release's. */
    static JsonNode asyncApi(Path folder) {
        return new YAMLMapper().readTree(folder.resolve("asyncapi.yaml").toFile());
    }

    static JsonNode json(String path) {
        return new JsonMapper().readTree(ROOT.resolve(path).toFile());
    }

    private static SortedSet<String> names(String folder, String ending) throws IOException {
        SortedSet<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.list(ROOT.resolve(folder))) {
            files.map(file -> file.getFileName().toString())
                    .map(name -> name.substring(0, name.length() - ending.length()))
                    .forEach(names::add);
        }
        return names;
    }
}
