"""First names, last names and nicknames the demo gives to people who do not exist."""

from collections.abc import Mapping


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST_NAMES: Mapping[str, tuple[str, ...]] = {
    "english": _names(
        """
        Abigail Adam Adrian Aidan Alan Albert Alexander Alfie Alice Alison
        Amanda Amelia Amy Andrew Angela Anna Anthony Arthur Ashley Barbara
        Benjamin Bethany Bradley Brian Bridget Caroline Catherine Charles
        Charlotte Chelsea Chloe Christine Christopher Clare Colin Craig Daisy
        Daniel David Deborah Dennis Diane Dominic Donald Donna Edward Eleanor
        Elizabeth Ellie Emily Emma Ethan Evelyn Faith Fiona Florence Frances
        Frederick Gareth Gary George Gillian Grace Graham Gregory Hannah
        Harold Harriet Harry Hayley Heather Helen Henry Holly Hugh Ian Imogen
        Isaac Isabelle Isobel Jack Jacob Jacqueline James Janet Jason Jasmine
        Jennifer Jeremy Jessica Joan Joanna Jonathan Joseph Joshua Joyce
        Judith Julia Julian Karen Katherine Kathleen Keith Kenneth Kevin
        Kimberly Laura Lauren Lawrence Leah Leonard Lewis Linda Louise Lucy
        Luke Lydia Malcolm Margaret Marion Martin Matthew Maureen Megan
        Melissa Michael Millie Miranda Nancy Natalie Nathan Neil Nicholas
        Nicola Nigel Nora Oliver Olivia Owen Pamela Patricia Patrick Paul
        Penelope Peter Philip Phoebe Rachel Raymond Rebecca Richard Robert
        Roger Ronald Rosemary Rowan Roy Russell Ruth Samantha Samuel Sandra
        Sarah Scott Sean Sharon Sheila Simon Sophie Stanley Stella Stephen
        Stuart Susan Suzanne Sylvia Teresa Theodore Thomas Timothy Tracy
        Vanessa Victoria Vincent Violet Walter Wendy William Yvonne Zachary
        """
    ),
    "irish": _names(
        """
        Aoife Ciara Cormac Declan Eoin Niamh Oisín Róisín Saoirse Siobhán
        """
    ),
    "spanish": _names(
        """
        Alejandra Andrés Carmen Diego Elena Fernando Gabriela Javier José
        Lucía Luis Marisol Miguel Pablo Paloma Rafael Rosa Ximena
        """
    ),
    "indian": _names(
        """
        Aarav Aditi Amit Anjali Arjun Deepa Farah Imran Kavita Meera Neha
        Priya Rajesh Ravi Sanjay Sunita Vikram Zainab
        """
    ),
    "chinese": _names("Bo Fang Hao Jia Jing Lei Li Mei Ming Qiang Wei Xin Ying Yun"),
    "polish": _names(
        """
        Agnieszka Bartosz Ewa Jakub Kasia Łukasz Magda Marek Piotr Tomasz
        Wojciech Zofia
        """
    ),
    "german": _names(
        """
        Anke Birgit Dieter Greta Heike Jürgen Katrin Lars Sabine Uwe
        """
    ),
    "french": _names(
        """
        Aurélie Benoît Camille Chloé Élodie Guillaume Hélène Luc Margaux René
        """
    ),
    "arabic": _names(
        """
        Ahmed Amina Fatima Hassan Khalid Layla Mariam Omar Samir Yusuf
        """
    ),
    "african": _names("Abena Adaeze Chidi Emeka Ifeoma Kofi Kwame Ngozi Tunde Zuri"),
    "vietnamese": _names("Anh Duc Hoa Huong Lan Linh Minh Quang Thu Tuan"),
    "dutch": _names(
        """
        Anouk Bram Daan Femke Jeroen Lotte Maarten Sanne Sjoerd Wouter
        """
    ),
}

LAST_NAMES: Mapping[str, tuple[str, ...]] = {
    "english": _names(
        """
        Abbott Ackroyd Adams Ainsworth Aldridge Allen Andrews Archer Armstrong
        Ashworth Atkins Austin Bailey Baker Baldwin Barker Barlow Barnes
        Barrett Bates Baxter Beaumont Bell Bennett Berry Birch Bishop
        Blackwell Blake Bond Booth Bowen Bradshaw Brady Brennan Briggs Brooks
        Brown Bryant Burgess Burke Burns Burton Butler Byrne Calvert Cameron
        Campbell Carpenter Carr Carter Chambers Chapman Clarke Clayton Coleman
        Collins Cooke Cooper Cox Crawford Cross Cunningham Curtis Dalton
        Davenport Davies Dawson Dean Dixon Doherty Douglas Doyle Drake Dudley
        Duffy Duncan Eastwood Edwards Elliott Ellis Evans Farrell Fisher
        Fletcher Foster Fowler Fox Francis Freeman Gallagher Gardner Gibson
        Gilbert Glover Goodwin Gordon Graves Green Griffiths Hale Hall
        Hamilton Harding Hardy Harper Harris Hartley Harvey Hawkins Hayes
        Henderson Hewitt Higgins Hill Hobbs Holland Holmes Hopkins Howard
        Hudson Hughes Hunter Hutchinson Ingram Jackson Jarvis Jenkins Jennings
        Johnston Jones Kane Kearney Kelly Kemp Kennedy Kirby Knight Lambert
        Lane Lawson Leach Lloyd Lowe Lynch Maguire Manning Marsh Marshall
        Mason Maxwell McBride McCarthy McDonald McGrath McKenzie Mercer
        Middleton Miles Miller Mitchell Moore Moran Morgan Morris Morton
        Murphy Murray Nash Newman Newton Nicholls Nolan Norris Oakley Osborne
        Owens Palmer Parker Parsons Payne Pearce Pearson Perkins Perry
        Phillips Pickering Poole Porter Powell Preston Price Quinn Ramsey
        Randall Reed Reeves Reynolds Rhodes Riley Roberts Robinson Rogers Rowe
        Russell Ryan Sanders Saunders Savage Sharp Shaw Shepherd Sherwood
        Simmons Sinclair Slater Smith Spencer Stevens Stewart Stone Sullivan
        Sutton Swift Taylor Thornton Tucker Turner Tyler Underwood Vaughan
        Wade Walker Wallace Walsh Walton Ward Warner Watson Watts Webb Welch
        West Wheeler White Wilkins Williams Willis Wilson Winters Wood
        Woodward Wright Yates Young
        """
    ),
    "irish": _names(
        """
        Flanagan Keane Kinsella Lenihan Mulligan O'Brien O'Neill O'Sullivan
        """
    ),
    "spanish": _names(
        """
        Castillo Delgado Fernández Flores García Guerrero Herrera Jiménez
        López Mendoza Morales Núñez Ortiz Ramírez Reyes Rivera Vargas
        """
    ),
    "indian": _names(
        """
        Ali Banerjee Chaudhry Desai Gupta Hussain Iyer Kapoor Khan Malik Mehta
        Nair Patel Rao Shah Sharma Singh
        """
    ),
    "chinese": _names("Chan Chen Huang Liu Ng Sun Tang Wang Wong Wu Zhang Zhou"),
    "polish": _names(
        """
        Dąbrowski Kaczmarek Kowalski Lewandowska Mazur Nowak Wiśniewska Wójcik
        Zając
        """
    ),
    "german": _names(
        """
        Bauer Becker Fischer Hoffmann Krüger Müller Schäfer Schulz Vogel
        """
    ),
    "french": _names(
        """
        Bernard Chevalier Dubois Fontaine Girard Lefèvre Moreau Rousseau
        """
    ),
    "arabic": _names("Aziz Farouk Haddad Ibrahim Mansour Nasser Rahman Saleh"),
    "african": _names(
        """
        Abara Adeyemi Appiah Boateng Mensah Mwangi Okafor Okonkwo Owusu
        """
    ),
    "vietnamese": _names("Bui Dang Ho Le Nguyen Pham Tran Vo"),
    "dutch": _names("Bakker Dekker Jansen Kuipers Mulder Visser Vos Willems"),
}

NICKNAMES: Mapping[str, str] = {
    "Abigail": "Abby", "Alexander": "Alex", "Amanda": "Mandy", "Andrew": "Andy",
    "Anthony": "Tony", "Benjamin": "Ben", "Catherine": "Cathy", "Charles": "Charlie",
    "Charlotte": "Lottie", "Christine": "Chris", "Christopher": "Chris", "Daniel": "Dan",
    "David": "Dave", "Deborah": "Debbie", "Edward": "Ted", "Eleanor": "Nell",
    "Elizabeth": "Liz", "Emily": "Em", "Fernando": "Nando", "Frances": "Fran",
    "Frederick": "Fred", "Gabriela": "Gabi", "Gregory": "Greg", "Harriet": "Hattie",
    "Isabelle": "Bella", "Jacqueline": "Jackie", "James": "Jim", "Jennifer": "Jenny",
    "Jessica": "Jess", "Jonathan": "Jon", "José": "Pepe", "Joseph": "Joe",
    "Joshua": "Josh", "Katherine": "Kate", "Kenneth": "Ken", "Kimberly": "Kim",
    "Lawrence": "Larry", "Leonard": "Len", "Margaret": "Peggy", "Matthew": "Matt",
    "Michael": "Mike", "Natalie": "Nat", "Nathan": "Nate", "Nicholas": "Nick",
    "Nicola": "Nicky", "Oliver": "Ollie", "Patricia": "Pat", "Patrick": "Paddy",
    "Penelope": "Penny", "Peter": "Pete", "Philip": "Phil", "Rafael": "Rafa",
    "Rebecca": "Becky", "Richard": "Dick", "Robert": "Bob", "Ronald": "Ron",
    "Rosemary": "Rosie", "Samantha": "Sam", "Samuel": "Sam", "Stephen": "Steve",
    "Susan": "Sue", "Theodore": "Theo", "Thomas": "Tom", "Timothy": "Tim",
    "Victoria": "Vicky", "William": "Bill", "Zachary": "Zack",
}  # fmt: skip

# How often each culture's names are met in a country; English fills what remains.
CULTURES: Mapping[str, Mapping[str, float]] = {
    "US": {
        "spanish": 0.16, "irish": 0.02, "indian": 0.03, "chinese": 0.03, "african": 0.03,
        "vietnamese": 0.02, "german": 0.02, "arabic": 0.02, "polish": 0.02, "french": 0.02,
    },
    "GB": {
        "indian": 0.08, "polish": 0.04, "irish": 0.03, "african": 0.04, "arabic": 0.03,
        "chinese": 0.02, "spanish": 0.02, "french": 0.01, "vietnamese": 0.01, "german": 0.01,
    },
    "IE": {"irish": 0.55, "polish": 0.06},
    "FR": {"french": 0.80, "arabic": 0.10},
    "DE": {"german": 0.80, "polish": 0.07},
    "NL": {"dutch": 0.85, "arabic": 0.06},
}  # fmt: skip
